import { hash } from 'node:crypto';

/** A UUID that follows from its parts and from nothing else (RFC 9562, version 5 layout), so that doing something again asks for the same thing. */
export const deterministicId = (...parts: readonly (string | number)[]): string => {
  const digest = hash('sha1', parts.join('\u0000'));
  const variant = ((parseInt(digest.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-${variant}${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
};

/**
 * A report has the number that its sender gave it, or one that follows from the number of the reporting system or from the command, so that
 * sending it again, by whichever way, is the same report.
 */
export const reportIdOf = ({ incidentId, channel, externalId }: { readonly incidentId?: string; readonly channel: string; readonly externalId?: string }, commandId: string): string => {
  if (incidentId !== undefined) return incidentId.toLowerCase();
  return externalId === undefined ? deterministicId('report', commandId) : deterministicId('report', channel, externalId);
};

const streamPrefix = 'incident-';

export const streamOf = (incidentId: string): string => `${streamPrefix}${incidentId}`;
export const isIncidentStream = (stream: string): boolean => stream.startsWith(streamPrefix);
export const incidentIdOf = (stream: string): string => stream.slice(streamPrefix.length);
