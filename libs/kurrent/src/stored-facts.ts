import type { Pool } from 'pg';
import { orUnavailable } from '#postgres';
import { FactReader } from './fact-reader.js';
import { orderHead } from './order.js';
import type { KurrentServer } from './server.js';

/** A fact as it stands in the server at this moment; where it stands is what the order says. */
interface StoredBytes {
  readonly position: number;
  readonly eventId: string;
  readonly stream: string;
  readonly version: number;
  readonly type: string;
  readonly schema: number;
  readonly recordedAt: string;
  readonly commandId: string;
  readonly meta: Buffer;
  readonly data: Buffer;
}

/**
 * 原文 The log byte for byte for whoever compares it with what was signed: provenance and payload come from the server, whatever is in memory
 * anywhere. A fact that is not there any more is left out, one that was redacted or altered is handed over as it is: the reader finds it.
 */
export class KurrentStoredFacts {
  private readonly reader: FactReader;

  constructor(
    private readonly pool: Pool,
    private readonly server: KurrentServer,
  ) {
    this.reader = new FactReader(pool, server);
  }

  async readAll(after: number, limit: number, until = Number.MAX_SAFE_INTEGER): Promise<readonly StoredBytes[]> {
    return (await orUnavailable(() => this.reader.asFound(this.pool, after, limit, until))).map(({ row, fact }) => ({
      position: row.position, recordedAt: row.recordedAt, commandId: row.commandId,
      eventId: fact.eventId, stream: fact.stream, version: fact.version, type: fact.type, schema: fact.schema,
      meta: Buffer.from(fact.meta), data: Buffer.from(fact.data.buffer, fact.data.byteOffset, fact.data.byteLength),
    }));
  }

  async end(): Promise<number> {
    return (await orUnavailable(() => orderHead(this.pool)))?.position ?? 0;
  }
}
