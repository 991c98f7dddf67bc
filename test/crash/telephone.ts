import { Agent, request } from 'node:http';
import type { Answer, Sent } from './ledger.js';
import type { Person } from './trial-city.js';

const patienceMs = 15_000;

interface Heard {
  readonly status: number;
  readonly body: string;
}

/** Reaches the engine wherever it answers now; every failure to do so is an answer, never an exception. */
export class Telephone {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 64 });

  constructor(private readonly address: () => string | null) {}

  async send(sent: Sent): Promise<Answer> {
    const heard = await this.call('POST', sent.path, sent.person, { 'idempotency-key': sent.commandId, 'content-type': 'application/json' }, JSON.stringify(sent.body));
    return answerIn(heard);
  }

  /** What a question is answered, or null when it is not. */
  async ask<Told>(path: string, person: Person): Promise<Told | null> {
    const heard = await this.call('GET', path, person, {});
    return typeof heard !== 'string' && heard.status === 200 ? (JSON.parse(heard.body) as Told) : null;
  }

  async upload(picture: Buffer, person: Person): Promise<string> {
    const heard = await this.call('POST', '/api/photos', person, { 'content-type': 'image/png' }, picture);
    if (typeof heard === 'string' || heard.status !== 201) throw new Error(`the photo was not taken: ${typeof heard === 'string' ? heard : heard.body}`);
    return (JSON.parse(heard.body) as { sha256: string }).sha256;
  }

  hangUp(): void {
    this.agent.destroy();
  }

  private call(method: string, path: string, { token }: Person, headers: Readonly<Record<string, string>>, body?: string | Buffer): Promise<Heard | string> {
    const address = this.address();
    if (address === null) return Promise.resolve('nobody listens');
    return new Promise((resolve) => {
      const asked = request(`${address}${path}`, { method, agent: this.agent, headers: { ...headers, authorization: `Bearer ${token}` }, timeout: patienceMs }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => resolve(response.complete ? { status: response.statusCode ?? 0, body: Buffer.concat(parts).toString() } : 'cut off'));
        response.on('error', (error) => resolve(error.message));
      });
      asked.on('timeout', () => asked.destroy(new Error('no answer in time')));
      asked.on('error', (error) => resolve(error.message));
      asked.end(body);
    });
  }
}

const answerIn = (heard: Heard | string): Answer => {
  if (typeof heard === 'string') return { kind: 'unknown', why: heard };
  const { status, body } = heard;
  if (status === 200 || status === 201) {
    const { status: said, incidentId, revision, position } = JSON.parse(body) as { status: 'recorded' | 'ignored' | 'duplicate'; incidentId: string; revision: number; position: number };
    return { kind: 'acknowledged', status: said, incidentId, revision, position };
  }
  if (status === 503 || status === 429) return { kind: 'unknown', why: `${status}` };
  if (status >= 500) return { kind: 'defect', detail: body.slice(0, 300) };
  const { code } = JSON.parse(body) as { code: string };
  return { kind: 'refused', http: status, code };
};
