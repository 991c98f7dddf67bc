import type { ClientConfig } from 'pg';
import pg from 'pg';

/**
 * A connection for pools that never ends the process. The pool listens for errors while a connection is idle and its holder listens
 * while he has it; when it breaks in the instant between the two, nobody does, and Node takes an error that nobody hears for the end.
 * Here somebody always listens, and whoever holds the connection learns of it from his next query.
 */
export class SteadyClient extends pg.Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}
