import { describe, expect, it } from '@jest/globals';
import { askersOf, channelsOf, maskTelephone, mayAsk, maySend, personCommandTypes, readsTexts, seesTelephone, sendersOf } from './authority.js';
import type { AccountRole } from './account.js';

const allRoles: readonly AccountRole[] = [
  'grid-worker', 'street-dispatcher', 'unit-handler', 'district-dispatcher', 'city-dispatcher', 'analyst', 'auditor', 'administrator', 'channel',
];

describe('commands and roles', () => {
  it.each([
    ['grid-worker', 'ReportHandledOnTheSpot', true], ['street-dispatcher', 'ReportHandledOnTheSpot', false],
    ['unit-handler', 'AcknowledgeDispatch', true], ['street-dispatcher', 'AcknowledgeDispatch', false],
    ['unit-handler', 'PassInspection', false], ['unit-handler', 'CloseIncident', false], ['unit-handler', 'DispatchIncident', false],
    ['street-dispatcher', 'DispatchIncident', true], ['grid-worker', 'ArbitrateReturn', false], ['district-dispatcher', 'ArbitrateReturn', true],
    ['unit-handler', 'GrantExtension', false], ['street-dispatcher', 'GrantExtension', true], ['channel', 'ReportIncident', true], ['channel', 'UrgeIncident', false],
  ] as const)('%s sends %s: %s', (role, command, may) => {
    expect(maySend(role, command)).toBe(may);
  });

  it.each(['administrator', 'analyst', 'auditor'] as const)('%s sends no command at all', (role) => {
    expect(personCommandTypes.filter((command) => maySend(role, command))).toEqual([]);
  });

  it('a channel reports and does nothing else', () => {
    expect(personCommandTypes.filter((command) => maySend('channel', command))).toEqual(['ReportIncident']);
  });

  it('every command has somebody who may send it, and no engine\'s command is among them', () => {
    expect(personCommandTypes.filter((command) => sendersOf[command].length === 0)).toEqual([]);
    for (const command of ['PassTime', 'LinkDuplicate', 'OpenRectification']) expect(personCommandTypes).not.toContain(command);
  });
});

describe('questions and roles', () => {
  it('accounts are the administrator\'s alone, and the administrator sees no incident', () => {
    expect(askersOf.accounts).toEqual(['administrator']);
    for (const question of ['incidents', 'timeline', 'deadlines', 'queues', 'stream', 'photo'] as const) expect(mayAsk('administrator', question)).toBe(false);
  });

  it('a channel asks only about its own reports', () => {
    for (const question of ['incidents', 'timeline', 'queues', 'stream', 'photo', 'accounts', 'process-metrics', 'metrics', 'freeze-figures'] as const) expect(mayAsk('channel', question)).toBe(false);
    expect(mayAsk('channel', 'own-report')).toBe(true);
  });

  it('analysts and auditors see incidents but neither photos nor texts', () => {
    for (const role of ['analyst', 'auditor'] as const) expect([mayAsk(role, 'incidents'), mayAsk(role, 'photo'), readsTexts(role)]).toEqual([true, false, false]);
  });

  it('whoever reads texts also sees incidents', () => {
    for (const role of allRoles) if (readsTexts(role)) expect(mayAsk(role, 'incidents')).toBe(true);
  });

  it('a role reports only under channels that it speaks for', () => {
    expect(channelsOf('grid-worker')).toEqual(['grid']);
    expect(channelsOf('channel')).not.toContain('grid');
    for (const role of ['analyst', 'auditor', 'administrator'] as const) expect(channelsOf(role)).toEqual([]);
  });
});

describe('a reporter\'s telephone', () => {
  const incident = { open: true, accountableUnit: 'S1-roads', holder: 'S1-centre' };

  it.each([
    ['unit-handler', 'S1-roads', incident, true], ['street-dispatcher', 'S1-centre', incident, true], ['district-dispatcher', 'YP-centre', incident, false],
    ['unit-handler', 'S1-order', incident, false], ['unit-handler', 'S1-roads', { ...incident, open: false }, false], ['analyst', 'S1-roads', incident, false],
  ] as const)('is seen in full by %s of %s while they work on it: %#', (role, unit, stands, sees) => {
    expect(seesTelephone({ role, unit }, stands)).toBe(sees);
  });

  it.each([['13812345678', '138****5678'], ['65551234', '655****1234'], ['12345', '****45'], ['', '****']])('%s is masked as %s', (telephone, masked) => {
    expect(maskTelephone(telephone)).toBe(masked);
  });
});
