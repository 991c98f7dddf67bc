import type { ClientBase } from 'pg';

/** One checkpoint of a subscription: the whole, or one part of it. */
export interface Checkpoint {
  readonly index: number;
  readonly position: number;
}

interface Row {
  readonly name: string;
  readonly parts: number;
  readonly position: string;
  readonly epoch: string;
}

/**
 * Divides a subscription anew, within a transaction. Nobody else can make or take a row meanwhile; the leases end with their rows, and the
 * new epoch is greater than all that there were.
 */
export const divideSubscription = async (tx: ClientBase, subscription: string, parts: number): Promise<void> => {
  await tx.query('lock table engine.subscriptions in share row exclusive mode');
  const { rows } = await tx.query<Row>('select name, parts, position, epoch from engine.subscriptions where subscription = $1', [subscription]);
  if ((rows[0]?.parts ?? 1) === parts) return;
  const position = rows.length === 0 ? 0 : Math.min(...rows.map((row) => Number(row.position)));
  const epoch = Math.max(0, ...rows.map((row) => Number(row.epoch))) + 1;
  await tx.query('delete from engine.subscriptions where subscription = $1', [subscription]);
  await tx.query('delete from engine.workers where subscription = $1', [subscription]);
  await tx.query(
    `insert into engine.subscriptions (name, position, epoch, parts)
     select case when $2 = 1 then $1 else $1 || '/' || part end, $3, $4, $2 from generate_series(0, $2::integer - 1) as part`,
    [subscription, parts, position, epoch],
  );
};

/**
 * Locks all checkpoints of a subscription until the end of the transaction: whoever works on it stands still meanwhile. Answers where each
 * of its parts stands, in their order; a subscription that nobody has begun stands at 0, whole.
 */
export const lockCheckpoints = async (tx: ClientBase, subscription: string): Promise<readonly Checkpoint[]> => {
  await tx.query(
    `insert into engine.subscriptions (name, position, epoch) select $1, 0, 1 where not exists (select from engine.subscriptions where subscription = $1) on conflict do nothing`,
    [subscription],
  );
  const { rows } = await tx.query<Row>('select name, parts, position, epoch from engine.subscriptions where subscription = $1 order by name for update', [subscription]);
  const checkpoints = rows.map(({ name, parts, position }) => ({ index: parts === 1 ? 0 : Number(name.slice(subscription.length + 1)), position: Number(position) }));
  return checkpoints.toSorted((a, b) => a.index - b.index);
};

/** Puts all parts of a subscription to one position and ends their leases: whoever held one asks for it again and forgets what it remembers. */
export const putCheckpoints = async (tx: ClientBase, subscription: string, position: number): Promise<void> => {
  await tx.query('update engine.subscriptions set position = $2, epoch = epoch + 1, owner = null, lease_until = null where subscription = $1', [subscription, position]);
};

/** Position that every part of a subscription has reached, as SQL. */
export const reachedBy = (subscription: 'views' | 'figures'): string => `select coalesce(min(position), 0) as position from engine.subscriptions where subscription = '${subscription}'`;
