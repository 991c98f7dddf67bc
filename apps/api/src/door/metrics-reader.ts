import { timingSafeEqual } from 'node:crypto';
import type { ApiOptions } from '../ports.js';
import { headerOf } from './request.js';
import type { ApiRequest } from './request.js';

/**
 * 指标采集 A program that reads the figures of the process and nothing else, by a token of its own: it has no account, and a session would end
 * under it.
 */
export const isMetricsReader = (request: ApiRequest, { metricsToken }: ApiOptions): boolean => {
  if (metricsToken === undefined || request.method !== 'GET' || request.routeOptions.url !== '/api/health/metrics') return false;
  const [said, wanted] = [Buffer.from(headerOf(request, 'authorization') ?? ''), Buffer.from(`Bearer ${metricsToken}`)];
  return said.length === wanted.length && timingSafeEqual(said, wanted);
};
