import type { Stage } from './harness.js';

export interface Said {
  readonly status: number;
  readonly json: ReturnType<typeof JSON.parse>;
}

/** 同事 Somebody who works through the API while another person looks at a page. */
export class Colleague {
  private constructor(
    private readonly stage: Stage,
    private readonly token: string,
  ) {}

  static async of(stage: Stage, login: string): Promise<Colleague> {
    const { doorkeeper } = stage.engine;
    const { token } = await doorkeeper.signInByLink(await doorkeeper.openLink('login', stage.account(login).id), 'e2e');
    return new Colleague(stage, token);
  }

  async ask(method: string, path: string, body?: object): Promise<Said> {
    const response = await fetch(`http://127.0.0.1:${this.stage.port}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, json: text.startsWith('{') ? (JSON.parse(text) as unknown) : text };
  }

  async does(incidentId: string, path: string, body: object = {}): Promise<Said> {
    const said = await this.ask('POST', `/api/incidents/${incidentId}/${path}`, body);
    if (said.status !== 200) throw new Error(`${path} was not taken: ${JSON.stringify(said.json)}`);
    return said;
  }

  /** A hotline order of the street's first grid; roads of it belong to the street's roads unit. */
  async reports(more: object = {}): Promise<string> {
    const said = await this.ask('POST', '/api/incidents', { channel: 'hotline', externalId: `e2e-${Math.random().toString(36).slice(2)}`, gridCode: '31011000100102', ruleHint: 'C-02-12.4', description: '路名牌被撞弯', ...more });
    if (said.status !== 201) throw new Error(`the report was not taken: ${JSON.stringify(said.json)}`);
    return (said.json as { incidentId: string }).incidentId;
  }

  /** A report that is filed and waits for its dispatch. */
  async files(): Promise<string> {
    const incidentId = await this.reports();
    await this.does(incidentId, 'accept');
    await this.does(incidentId, 'file', { ruleId: 'C-02-12.4', grade: 'general' });
    return incidentId;
  }

  /** Every fact of an incident, as far as this person may read it. */
  async facts(incidentId: string): Promise<readonly { readonly type: string; readonly data: Readonly<Record<string, unknown>>; readonly position: number }[]> {
    const { json } = await this.ask('GET', `/api/incidents/${incidentId}/timeline`);
    return (json as { items: readonly { type: string; data: Record<string, unknown>; position: number }[] }).items;
  }
}
