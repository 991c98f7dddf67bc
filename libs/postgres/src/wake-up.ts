import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import pg from 'pg';
import type { Connection } from './connection.js';
import { clientConfig } from './connection.js';

const channel = 'threeloops_appended';
const coalesceMs = 20;
const reconnectMs = 500;

/**
 * Tells other processes that something was appended, and hears it from them: a hint to read, at most fifty times a second.
 *
 * It has a connection of its own, because NOTIFY inside an appending transaction would make all commits of the whole server
 * queue behind one lock. Whoever is not reached finds out by polling.
 */
export class WakeUp {
  private client: Client | null = null;
  private readonly self = randomUUID();
  private announcement: NodeJS.Timeout | null = null;
  private announcedMeanwhile = false;
  private reconnection: NodeJS.Timeout | null = null;
  private closed = false;

  constructor(
    private readonly connection: Connection,
    private readonly onHeard: () => void,
  ) {}

  async open(): Promise<void> {
    const client = new pg.Client(clientConfig(this.connection, 'threeloops wake-up'));
    client.on('error', () => this.lost(client));
    client.on('end', () => this.lost(client));
    client.on('notification', ({ payload }) => {
      if (payload !== this.self) this.onHeard();
    });
    try {
      await client.connect();
      await client.query(`listen ${channel}`);
    } catch {
      return this.lost(client);
    }
    if (this.closed) return void (await client.end().catch(() => undefined));
    this.client = client;
    // What was appended while nobody listened was not heard.
    this.onHeard();
  }

  /** Lets the others know, soon. */
  announce(): void {
    this.announcedMeanwhile = true;
    if (this.announcement || this.closed) return;
    this.announcement = setTimeout(() => void this.tell(), coalesceMs);
    this.announcement.unref();
  }

  async close(): Promise<void> {
    this.closed = true;
    if (this.announcement) clearTimeout(this.announcement);
    if (this.reconnection) clearTimeout(this.reconnection);
    const { client } = this;
    this.client = null;
    await client?.end().catch(() => undefined);
  }

  /** The announcement stands until it was told, so that no second one sets out meanwhile; one made meanwhile is told after it. */
  private async tell(): Promise<void> {
    this.announcedMeanwhile = false;
    await this.client?.query({ name: 'tell', text: 'select pg_notify($1, $2)', values: [channel, this.self] }).catch(() => undefined);
    this.announcement = null;
    if (this.announcedMeanwhile) this.announce();
  }

  private lost(client: Client): void {
    if (this.client === client) this.client = null;
    client.end().catch(() => undefined);
    if (this.closed || this.client || this.reconnection) return;
    this.reconnection = setTimeout(() => {
      this.reconnection = null;
      void this.open();
    }, reconnectMs);
    this.reconnection.unref();
  }
}
