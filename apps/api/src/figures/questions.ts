import { Inject, Injectable } from '@nestjs/common';
import type { Asked } from '#figures';
import { scopeOf } from '#identity';
import { fromIso, Refusal } from '#kernel';
import type { Instant } from '#kernel';
import { groupings, metricNamed } from '#metrics';
import type { FigureFilter, Metric } from '#metrics';
import { ReadPosition } from '../door/log-position.js';
import { callerOf, headerOf } from '../door/request.js';
import type { ApiRequest } from '../door/request.js';
import { PORTS } from '../ports.js';
import type { ApiPorts } from '../ports.js';
import type { FigureAddress, FilterFields } from './addresses.js';
import { readAsOf } from '../door/as-of.js';
import type { AsOf } from '../door/as-of.js';

const instantOf = (moment: string | undefined): Instant | null => (moment === undefined ? null : fromIso(moment));

/** Only the fields of a filter that are there. */
export const filterIn = (fields: FilterFields): FigureFilter =>
  Object.fromEntries(groupings.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]]])));

/** Refuses with `figures.unknown-metric`. */
export const metricIn = (name: string): Metric => {
  const metric = metricNamed(name);
  if (!metric) throw new Refusal('figures.unknown-metric', `There is no metric "${name}"; GET /api/metrics lists them all.`, { metric: name });
  return metric;
};

/** Refuses with `figures.period-reversed`. */
export const periodIn = ({ from, before }: Pick<FigureAddress, 'from' | 'before'>): Pick<Asked, 'from' | 'before'> => {
  const period = { from: instantOf(from), before: instantOf(before) };
  if (period.from !== null && period.before !== null && period.from >= period.before) {
    throw new Refusal('figures.period-reversed', 'A period ends after it begins.', { from, before });
  }
  return period;
};

/** 统计口 Turns addresses into questions to the ledgers: as of which moment, inside whose jurisdiction. */
@Injectable()
export class Questions {
  private readonly reached: ReadPosition;

  constructor(@Inject(PORTS) private readonly ports: ApiPorts) {
    this.reached = new ReadPosition(ports.ledgers);
  }

  async asked(address: FigureAddress, request: ApiRequest): Promise<Asked> {
    const period = periodIn(address);
    const { position, at } = await this.asOf(address.asOf, request);
    request.logPosition = position;
    return { ...period, by: address.by ?? null, filter: filterIn(address), at, position, places: this.placesOf(request) };
  }

  /** 辖区 Places that the caller answers for; null for the whole city. */
  placesOf(request: ApiRequest): readonly string[] | null {
    return scopeOf(callerOf(request).account, this.ports.library().current).places;
  }

  /** The whole log up to now, once the ledgers have come as far. */
  async present(): Promise<AsOf> {
    const { position, recordedAt } = await this.ports.store.head();
    await this.reached.reach(position);
    return { position, at: Math.max(this.ports.clock.now(), recordedAt === null ? 0 : fromIso(recordedAt)) };
  }

  private async asOf(asOf: string | undefined, request: ApiRequest): Promise<AsOf> {
    const { store, clock, ledgers } = this.ports;
    if (asOf !== undefined) {
      const found = await readAsOf(asOf, store, clock);
      await this.reached.reach(found.position);
      return found;
    }
    const wanted = headerOf(request, 'x-wait-for-position');
    if (wanted !== null) await this.reached.reach(Number(wanted));
    return { position: await ledgers.position(), at: clock.now() };
  }
}
