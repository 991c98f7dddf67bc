import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Lease, Subscriptions } from '#kernel';
import { Fenced, minute } from '#kernel';
import type { OpenedSubscriptions } from './opened-subscriptions.js';
import { subscriptionPartsRules } from './subscription-parts-rules.js';

/** What every adapter of the port `Subscriptions` promises. */
export const subscriptionsContract = <Tx>(name: string, open: () => Promise<OpenedSubscriptions<Tx>>): void => {
  describe(`${name} keeps the contract of subscriptions 订阅`, () => {
    let opened: OpenedSubscriptions<Tx>;
    let subscriptions: Subscriptions<Tx>;
    let count = 0;

    beforeAll(async () => {
      opened = await open();
      subscriptions = opened.subscriptions;
    });

    afterAll(async () => {
      await opened.close();
    });

    const newName = (): string => `subscription-${(count += 1)}`;

    const acquired = async (subscription: string, owner: string): Promise<Lease> => {
      const lease = await subscriptions.acquire(subscription, owner, minute);
      if (!lease) throw new Error(`${owner} did not get the lease of ${subscription}`);
      return lease;
    };

    it('a new subscription begins at position 0', async () => {
      const subscription = newName();
      expect(await acquired(subscription, 'a')).toMatchObject({ subscription, owner: 'a', position: 0 });
    });

    it('a good lease keeps others out, and nobody out of other subscriptions', async () => {
      const subscription = newName();
      await acquired(subscription, 'a');
      expect(await subscriptions.acquire(subscription, 'b', minute)).toBeNull();
      expect(await subscriptions.acquire(newName(), 'b', minute)).not.toBeNull();
    });

    it('of many who want it at once exactly one gets the lease', async () => {
      const subscription = newName();
      const leases = await Promise.all(Array.from({ length: 12 }, (_, index) => subscriptions.acquire(subscription, `worker-${index}`, minute)));
      expect(leases.filter((lease) => lease !== null)).toHaveLength(1);
    });

    it('a lease that ran out goes to another, with a greater epoch, and the first holder is fenced out', async () => {
      const subscription = newName();
      const first = await acquired(subscription, 'a');
      const moved = await subscriptions.advance(first, 7);
      await opened.pass(2 * minute);
      const second = await acquired(subscription, 'b');
      expect(second.position).toBe(7);
      expect(second.epoch).toBeGreaterThan(first.epoch);
      await expect(subscriptions.advance(moved, 8)).rejects.toThrow(Fenced);
      await expect(subscriptions.renew([moved], minute)).rejects.toThrow(Fenced);
    });

    it('a lease that is renewed does not run out', async () => {
      const subscription = newName();
      const lease = await acquired(subscription, 'a');
      await opened.pass(minute / 2);
      await subscriptions.renew([lease], minute);
      await opened.pass((minute * 3) / 4);
      expect(await subscriptions.acquire(subscription, 'b', minute)).toBeNull();
    });

    it('a worker that comes back under the same name gets its lease anew, and what it was before is fenced out', async () => {
      const subscription = newName();
      const before = await acquired(subscription, 'a');
      const again = await acquired(subscription, 'a');
      expect(again.epoch).toBeGreaterThan(before.epoch);
      await expect(subscriptions.advance(before, 1)).rejects.toThrow(Fenced);
      expect(await subscriptions.advance(again, 1)).toMatchObject({ position: 1 });
    });

    it('a lease given up is free at once, and whoever gave it up is fenced out', async () => {
      const subscription = newName();
      const first = await acquired(subscription, 'a');
      await subscriptions.release(first);
      await expect(subscriptions.advance(first, 1)).rejects.toThrow(Fenced);
      const second = await acquired(subscription, 'b');
      await subscriptions.release(first);
      expect(await subscriptions.advance(second, 1)).toMatchObject({ position: 1 });
    });

    it('the effect and the checkpoint become visible together', async () => {
      const subscription = newName();
      const lease = await acquired(subscription, 'a');
      const next = await subscriptions.advance(lease, 5, (tx) => opened.write(tx, `${subscription} at 5`));
      expect(next).toEqual({ ...lease, position: 5 });
      expect(await opened.written()).toContain(`${subscription} at 5`);
      expect((await subscriptions.positions()).get(subscription)).toBe(5);
    });

    it('an effect that fails leaves no trace, and the checkpoint stays', async () => {
      const subscription = newName();
      const lease = await acquired(subscription, 'a');
      const failing = subscriptions.advance(lease, 5, async (tx) => {
        await opened.write(tx, `${subscription} failed`);
        throw new Error('the effect failed');
      });
      await expect(failing).rejects.toThrow('the effect failed');
      expect(await opened.written()).not.toContain(`${subscription} failed`);
      expect((await subscriptions.positions()).get(subscription)).toBe(0);
      expect(await subscriptions.advance(lease, 5)).toMatchObject({ position: 5 });
    });

    it('of two who advance from the same position at once, one effect counts and the other is fenced out', async () => {
      const subscription = newName();
      const lease = await acquired(subscription, 'a');
      const results = await Promise.allSettled(['one', 'two'].map((value) => subscriptions.advance(lease, 3, (tx) => opened.write(tx, `${subscription} ${value}`))));
      expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      expect((results.find(({ status }) => status === 'rejected') as PromiseRejectedResult).reason).toBeInstanceOf(Fenced);
      expect((await opened.written()).filter((value) => value.startsWith(`${subscription} `))).toHaveLength(1);
    });

    it('a checkpoint never goes back', async () => {
      const lease = await subscriptions.advance(await acquired(newName(), 'a'), 9);
      await expect(subscriptions.advance(lease, 8)).rejects.toThrow('cannot go back');
    });

    it('the positions of all subscriptions are known', async () => {
      const [one, two] = [newName(), newName()];
      await subscriptions.advance(await acquired(one, 'a'), 11);
      await acquired(two, 'b');
      const positions = await subscriptions.positions();
      expect([positions.get(one), positions.get(two), positions.get('never')]).toEqual([11, 0, undefined]);
    });

    subscriptionPartsRules(() => opened, newName);
  });
};
