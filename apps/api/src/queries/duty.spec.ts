import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FrontDoor } from '../../spec/front-door.js';

describe('the question who would get this', () => {
  let door: FrontDoor;
  beforeAll(async () => {
    door = await FrontDoor.open();
  });
  afterAll(() => door.close());

  it('is answered as filing and dispatching answer it', async () => {
    const probed = await door.get('administrator', '/api/duties/probe?ruleId=C-01-01.1&gridCode=S1A1');
    const id = await door.reported({ ruleHint: 'C-01-01.1' });
    await door.told(id, ['gridWorker', 'accept'], ['gridWorker', 'file', { ruleId: 'C-01-01.1', grade: 'general' }]);
    const { json } = await door.get('street', `/api/incidents/${id}`);
    expect(probed.json).toMatchObject({ rung: json.incident.rung, enteredBy: null });
    expect(probed.json.items).toEqual((await door.get('street', `/api/incidents/${id}/suggestions`)).json.items);
    expect(probed.json.items.length).toBeGreaterThan(0);
  });

  it('counts the grade in', async () => {
    const general = await door.get('administrator', '/api/duties/probe?ruleId=C-01-01.1&gridCode=S1A1');
    const major = await door.get('administrator', '/api/duties/probe?ruleId=C-01-01.1&gridCode=S1A1&grade=major');
    expect(major.json.enteredBy).toBe('grade');
    expect(major.json.rung).not.toBe(general.json.rung);
  });

  it.each([
    ['ruleId=nothing&gridCode=S1A1', 422, 'catalogue.unknown-rule'], ['ruleId=C-01-01.1&gridCode=nowhere', 422, 'place.unknown-grid'], ['ruleId=C-01-01.1', 400, 'input.invalid'],
    ['ruleId=C-01-01.1&gridCode=S1A1&grade=huge', 400, 'input.invalid'],
  ])('is refused for %s', async (query, status, code) => {
    expect(await door.get('administrator', `/api/duties/probe?${query}`)).toMatchObject({ status, json: { code } });
  });

  it('is not for strangers', async () => {
    expect(await door.get(null, '/api/duties/probe?ruleId=C-01-01.1&gridCode=S1A1')).toMatchObject({ status: 401 });
  });
});
