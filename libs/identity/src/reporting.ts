import type { Channel, GeoPoint } from '#events';
import { Refusal } from '#kernel';
import { insideCity, nearestGrid } from '#reference';
import type { City } from '#reference';
import type { Account } from './account.js';
import { channelsOf } from './authority.js';

interface Reported {
  readonly channel: Channel;
  readonly gridCode?: string;
  readonly location?: GeoPoint;
}

/**
 * 上报归属 The grid of a report, at whichever door it comes in: by its code or by the nearest grid, for whoever reports as this channel. A channel that
 * answers for one place reports nothing of another; people report what they see. Refuses with `channel.not-permitted`, `place.*` and
 * `input.invalid`, and repeats nothing of what was sent.
 */
export const gridOfReport = (account: Pick<Account, 'role' | 'place'>, city: City, { channel, gridCode, location }: Reported): string => {
  const channels = channelsOf(account.role);
  if (!channels.includes(channel)) throw new Refusal('channel.not-permitted', 'The account does not report as this channel.', { field: 'channel', channels });
  if (gridCode === undefined && location === undefined) {
    throw new Refusal('input.invalid', 'A report says in which grid it is, or where.', { errors: [{ field: 'gridCode', code: 'required', message: 'gridCode or location is required' }] });
  }
  if (location) insideCity(city, location);
  const grid = gridCode ?? (location ? nearestGrid(city, location) : '');
  if (!city.pathOf(grid)) throw new Refusal('place.unknown-grid', 'There is no such grid in this city.', { field: 'gridCode' });
  if (account.role === 'channel' && account.place !== null && !city.contains(account.place, grid)) {
    throw new Refusal('place.out-of-jurisdiction', 'The channel does not answer for this grid.', { field: 'gridCode' });
  }
  return grid;
};
