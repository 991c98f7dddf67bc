import { describe, expect, it } from '@jest/globals';
import type { Lease } from '#kernel';
import { Fenced, minute } from '#kernel';
import type { OpenedSubscriptions } from './opened-subscriptions.js';

const otherwise = { code: 'subscription.divided-otherwise' };

/** The part of the contract of subscriptions that is about sharing one among workers. */
export const subscriptionPartsRules = <Tx>(opened: () => OpenedSubscriptions<Tx>, newName: () => string): void => {
  const acquired = async (subscription: string, owner: string, index = 0, of = 1): Promise<Lease> => {
    const lease = await opened().subscriptions.acquire(subscription, owner, minute, { index, of });
    if (!lease) throw new Error(`${owner} did not get the lease of part ${index} of ${subscription}`);
    return lease;
  };
  const inParts = async (of: number): Promise<string> => {
    const subscription = newName();
    await opened().subscriptions.divide(subscription, of);
    return subscription;
  };

  describe('in parts 分区', () => {
    it('each part has a lease, an epoch and a checkpoint of its own', async () => {
      const { subscriptions } = opened();
      const subscription = await inParts(2);
      const [first, second] = [await acquired(subscription, 'a', 0, 2), await acquired(subscription, 'b', 1, 2)];
      expect([first, second]).toMatchObject([{ subscription: `${subscription}/0`, position: 0 }, { subscription: `${subscription}/1`, position: 0 }]);
      expect(await subscriptions.acquire(subscription, 'a', minute, { index: 1, of: 2 })).toBeNull();
      await subscriptions.advance(first, 9);
      expect(await subscriptions.advance(second, 4)).toMatchObject({ position: 4 });
    });

    it('the position of the subscription is that of its slowest part', async () => {
      const { subscriptions } = opened();
      const subscription = await inParts(3);
      await subscriptions.advance(await acquired(subscription, 'a', 0, 3), 9);
      await subscriptions.advance(await acquired(subscription, 'a', 1, 3), 7);
      expect((await subscriptions.positions()).get(subscription)).toBe(0);
      await subscriptions.advance(await acquired(subscription, 'a', 2, 3), 8);
      expect((await subscriptions.positions()).get(subscription)).toBe(7);
    });

    it('what stood whole goes on in parts where it stood, and its leases end', async () => {
      const { subscriptions } = opened();
      const subscription = newName();
      const whole = await subscriptions.advance(await acquired(subscription, 'a'), 12);
      await Promise.all(Array.from({ length: 5 }, () => subscriptions.divide(subscription, 4)));
      await expect(subscriptions.advance(whole, 13)).rejects.toThrow(Fenced);
      await expect(subscriptions.renew([whole], minute)).rejects.toThrow(Fenced);
      for (const index of [0, 1, 2, 3]) {
        const part = await acquired(subscription, 'b', index, 4);
        expect(part.position).toBe(12);
        expect(part.epoch).toBeGreaterThan(whole.epoch);
      }
    });

    it('another number of parts begins where the slowest stood, and leaves nothing of the old ones', async () => {
      const { subscriptions } = opened();
      const subscription = await inParts(4);
      const old = await subscriptions.advance(await acquired(subscription, 'a', 0, 4), 20);
      for (const index of [1, 2, 3]) await subscriptions.advance(await acquired(subscription, 'a', index, 4), 15);
      await subscriptions.divide(subscription, 2);
      await expect(subscriptions.advance(old, 21)).rejects.toThrow(Fenced);
      expect([(await acquired(subscription, 'b', 0, 2)).position, (await acquired(subscription, 'b', 1, 2)).position]).toEqual([15, 15]);
      await subscriptions.divide(subscription, 1);
      expect((await acquired(subscription, 'c')).position).toBe(15);
    });

    it('is refused to whoever takes it for divided otherwise, so that two divisions never mix', async () => {
      const { subscriptions } = opened();
      const subscription = await inParts(4);
      await expect(subscriptions.acquire(subscription, 'old', minute)).rejects.toMatchObject(otherwise);
      await expect(subscriptions.acquire(subscription, 'old', minute, { index: 0, of: 2 })).rejects.toMatchObject(otherwise);
      await subscriptions.divide(subscription, 1);
      await expect(subscriptions.acquire(subscription, 'old', minute, { index: 0, of: 4 })).rejects.toMatchObject(otherwise);
    });

    it('several parts at one position move in one transaction with one effect', async () => {
      const { subscriptions, write, written } = opened();
      const subscription = await inParts(3);
      const leases = [await acquired(subscription, 'a', 0, 3), await acquired(subscription, 'a', 2, 3)];
      const moved = await subscriptions.advanceTogether(leases, 5, (tx) => write(tx, `${subscription} together`));
      expect(moved).toEqual(leases.map((lease) => ({ ...lease, position: 5 })));
      expect((await written()).filter((value) => value === `${subscription} together`)).toHaveLength(1);
      expect((await acquired(subscription, 'a', 2, 3)).position).toBe(5);
      expect((await acquired(subscription, 'a', 1, 3)).position).toBe(0);
    });

    it('several parts move without an effect as well', async () => {
      const { subscriptions } = opened();
      const subscription = await inParts(2);
      const leases = [await acquired(subscription, 'a', 0, 2), await acquired(subscription, 'a', 1, 2)];
      const moved = await subscriptions.advanceTogether(leases, 5);
      expect(moved).toEqual(leases.map((lease) => ({ ...lease, position: 5 })));
      expect((await subscriptions.positions()).get(subscription)).toBe(5);
      await expect(subscriptions.advanceTogether(leases, 5)).rejects.toThrow(Fenced);
      expect(await subscriptions.advanceTogether(moved, 8)).toMatchObject([{ position: 8 }, { position: 8 }]);
    });

    it('when one of several has changed hands none of them moves, and there is no effect', async () => {
      const { subscriptions, write, written, pass } = opened();
      const subscription = await inParts(2);
      const leases = [await acquired(subscription, 'a', 0, 2), await acquired(subscription, 'a', 1, 2)];
      await pass(2 * minute);
      const other = await acquired(subscription, 'b', 1, 2);
      await expect(subscriptions.advanceTogether(leases, 5, (tx) => write(tx, `${subscription} late`))).rejects.toThrow(Fenced);
      await expect(subscriptions.renew(leases, minute)).rejects.toThrow(Fenced);
      await expect(subscriptions.advanceTogether(leases, 5)).rejects.toThrow(Fenced);
      expect(await written()).not.toContain(`${subscription} late`);
      expect((await acquired(subscription, 'a', 0, 2)).position).toBe(0);
      expect((await subscriptions.positions()).get(subscription)).toBe(0);
      expect(await subscriptions.advance(other, 5)).toMatchObject({ position: 5 });
    });

    it('of two who both believe they hold the same parts, one effect counts for each', async () => {
      const { subscriptions, write, written } = opened();
      const subscription = await inParts(4);
      const leases = await Promise.all([0, 1, 2, 3].map((index) => acquired(subscription, 'a', index, 4)));
      const believed = [leases, leases.toReversed(), leases.slice(1), leases.slice(0, 3)];
      const results = await Promise.allSettled(believed.map((held, turn) => subscriptions.advanceTogether(held, 3, (tx) => write(tx, `${subscription} by ${turn}`))));
      for (const result of results) if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(Fenced);
      const effects = (await written()).filter((value) => value.startsWith(`${subscription} by`));
      expect(effects).toHaveLength(results.filter(({ status }) => status === 'fulfilled').length);
      expect(effects).toHaveLength(1);
    });
  });

  describe('who works on a subscription 点名', () => {
    it('is known in the order of coming, to everybody alike, until somebody leaves or is missed', async () => {
      const { subscriptions, pass } = opened();
      const subscription = newName();
      expect(await subscriptions.attend(subscription, 'x', minute)).toEqual(['x']);
      expect(await subscriptions.attend(subscription, 'a', minute)).toEqual(['x', 'a']);
      expect(await subscriptions.attend(subscription, 'm', 3 * minute)).toEqual(['x', 'a', 'm']);
      expect(await subscriptions.attend(subscription, 'x', minute)).toEqual(['x', 'a', 'm']);
      await pass(2 * minute);
      expect(await subscriptions.attend(subscription, 'a', minute)).toEqual(['a', 'm']);
      await subscriptions.leave(subscription, 'm');
      expect(await subscriptions.attend(subscription, 'a', minute)).toEqual(['a']);
      expect(await subscriptions.attend(newName(), 'b', minute)).toEqual(['b']);
    });
  });
};
