import { createHmac } from 'node:crypto';
import type { Order } from '#engine';
import { Conflict, Refusal } from '#kernel';
import { keyFrom, Sealer } from '#sealing';
import type { IncomingRecord, Intake } from './bus.js';
import type { DeadLetter } from './dead-letters.js';
import type { IntakeParts, OrderParts } from './intake-parts.js';
import { reportOrder } from './report-order.js';
import { schemas } from './trusted-record.js';
import type { TrustedRecord } from './trusted-record.js';
import { unitCommandOrder } from './unit-command-order.js';
import { unitCommandTypes } from './unit-command-record.js';
import type { UnitCommandType } from './unit-command-record.js';

type CommandIntakeParts = IntakeParts & Pick<OrderParts, 'past' | 'photos'>;

/** Schemas of the commands of units, `AcknowledgeDispatch/1` and so on. */
const unitSchemas = new Map<string, UnitCommandType>(unitCommandTypes.map((type) => [`${type}/1`, type]));
const taken = [schemas.report, ...unitSchemas.keys()];

/**
 * 指令接入 Commands from a bus go in by the same desk as all others. The command id follows from the sender and the id of the record, and the log
 * takes a command id once: so the effect of a record and the memory that it had it are one append, and a record that is delivered again (after a
 * crash, to another process, sent twice) finds itself done. What the broker remembers of offsets only saves work.
 */
export class CommandIntake implements Intake {
  readonly topic = 'commands';
  private readonly orders: OrderParts;
  private readonly fingerprintKey: Buffer;

  constructor(private readonly parts: CommandIntakeParts) {
    const { desk, past, library, photos, vault, secret } = parts;
    this.orders = { desk, past, library, photos, sealer: new Sealer(vault, secret) };
    this.fingerprintKey = keyFrom(secret, 'fingerprint of a record');
  }

  take(): Promise<null> {
    return Promise.resolve(null);
  }

  /**
   * Records of one key one after the other, so that a unit's system can say what came of what in its order; all others at once, so that the log
   * records them together. Where one cannot be carried out now, those of its key behind it wait as well.
   */
  async handle(_partition: number, records: readonly IncomingRecord[]): Promise<void> {
    const last = new Map<string, Promise<DeadLetter | null>>();
    const letters = await Promise.all(records.map((record) => {
      if (record.key === null) return this.one(record);
      const before = last.get(record.key);
      const mine = before ? before.then(() => this.one(record)) : this.one(record);
      last.set(record.key, mine);
      return mine;
    }));
    await this.parts.letters.tell(letters.filter((letter) => letter !== null));
  }

  private async one(record: IncomingRecord): Promise<DeadLetter | null> {
    try {
      const order = await this.orderOf(await this.parts.gate.open(record, taken));
      await this.carryOut({ ...order, fingerprint: createHmac('sha256', this.fingerprintKey).update(record.value ?? '').digest('base64url') });
      return null;
    } catch (error) {
      if (error instanceof Refusal) return { record, refusal: error };
      throw error;
    }
  }

  private orderOf(record: TrustedRecord): Promise<Order> {
    const type = unitSchemas.get(record.schema);
    return type === undefined ? reportOrder(record, this.orders) : unitCommandOrder(type, record, this.orders);
  }

  /** A revision that the sender did not expect will not come back; a stream that others are changing too fast will calm down. */
  private async carryOut(order: Order): Promise<void> {
    try {
      await this.parts.desk.execute(order);
    } catch (error) {
      if (error instanceof Conflict && order.expectedRevision !== undefined) throw new Refusal(error.code, error.message, error.details);
      throw error;
    }
  }
}
