import { beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Reference } from '#reference';
import { loadMapping, loadReferenceFolder, mapRow, parseMapping, parseTable, readJson, readTable } from './index.js';
import type { ImportMapping, MappedReport, MappingFiles } from './index.js';

const baltimore = fileURLToPath(new URL('../../../seeds/baltimore', import.meta.url));

let reference: Reference;
let files: MappingFiles;
let mapping: ImportMapping;
beforeAll(async () => {
  reference = await loadReferenceFolder(baltimore);
  const folder = join(baltimore, 'import');
  files = {
    mapping: await readJson(join(folder, 'mapping.json')),
    types: await readTable(join(folder, 'types.csv')),
    places: await readTable(join(folder, 'places.csv')),
  };
  mapping = await loadMapping(folder, reference);
});

const row = {
  ServiceRequestNum: '18-1', SRType: 'SW-Dirty Alley', MethodReceived: 'Phone', SRStatus: 'Closed', CreatedDate: '07/02/2018 01:00:00 PM',
  DueDate: '07/09/2018 01:00:00 PM', CloseDate: '07/03/2018 01:00:00 PM', Neighborhood: 'Abell', PoliceDistrict: 'Northern',
  Longitude: '-76.61', Latitude: '39.32', Address: '1 MAIN ST', Outcome: '', LastActivity: '',
};

const reportOf = (change: Partial<typeof row>): MappedReport => {
  const mapped = mapRow(mapping, { ...row, ...change });
  if ('reject' in mapped) throw new Error(mapped.reject.reason);
  return mapped.report;
};

const rejectOf = (change: Partial<typeof row>): string => {
  const mapped = mapRow(mapping, { ...row, ...change });
  return 'reject' in mapped ? mapped.reject.code : 'a report';
};

describe('a row of a foreign table', () => {
  it('becomes a report in our words, in UTC', () => {
    expect(reportOf({})).toEqual({
      externalId: '18-1', channel: 'hotline', ruleId: 'SW-01.3', closesOn: 'street', gridCode: 'BAL-G-abell', location: { longitude: -76.61, latitude: 39.32 },
      reportedAt: '2018-07-02T17:00:00.000Z', dueAt: '2018-07-09T17:00:00.000Z', closedAt: '2018-07-03T17:00:00.000Z', outcome: 'closed',
      description: 'SW-Dirty Alley', address: '1 MAIN ST', remarks: [],
    });
  });

  it.each([
    ['Closed (Duplicate)', 'duplicate', '2018-07-03T17:00:00.000Z', []],
    ['Closed (Transferred)', 'transferred', '2018-07-03T17:00:00.000Z', []],
    ['Open', 'open', null, ['closing-time-of-open-left-out']],
  ] as const)('with status %s is %s', (SRStatus, outcome, closedAt, remarks) => {
    expect(reportOf({ SRStatus })).toMatchObject({ outcome, closedAt, remarks });
  });

  it('may be a duplicate that was never closed', () => {
    expect(reportOf({ SRStatus: 'New (Duplicate)', CloseDate: '' })).toMatchObject({ outcome: 'duplicate', closedAt: null });
  });

  it('goes to the police district when the neighborhood is unknown, and to the whole city when that is unknown too', () => {
    expect(reportOf({ Neighborhood: 'Atlantis' })).toMatchObject({ gridCode: 'BAL-G-northern-unlisted', remarks: [] });
    expect(reportOf({ Neighborhood: '', PoliceDistrict: '' })).toMatchObject({ gridCode: 'BAL-G-citywide', remarks: ['place-unknown'] });
  });

  it.each([
    ['-77', '39', 'location-placeholder'], ['', '', 'location-missing'], ['-76.61', '', 'location-missing'], ['west', '39.3', 'location-missing'], ['-76.4', '39.3', 'location-outside-bounds'],
  ])('with the point %s, %s has no location and says why', (Longitude, Latitude, remark) => {
    expect(reportOf({ Longitude, Latitude })).toMatchObject({ location: null, remarks: [remark] });
  });

  it('loses a due time before its report, but keeps one at its report', () => {
    expect(reportOf({ DueDate: '07/02/2018 12:00:00 PM' })).toMatchObject({ dueAt: null, remarks: ['due-before-report-left-out'] });
    expect(reportOf({ DueDate: row.CreatedDate })).toMatchObject({ dueAt: '2018-07-02T17:00:00.000Z', remarks: [] });
    expect(reportOf({ DueDate: '' })).toMatchObject({ dueAt: null, remarks: [] });
  });

  it('keeps the order of its times through the hour that the clocks show twice', () => {
    expect(reportOf({ CreatedDate: '11/04/2018 12:50:00 AM', DueDate: '', CloseDate: '11/04/2018 01:10:00 AM' })).toMatchObject({
      reportedAt: '2018-11-04T04:50:00.000Z', closedAt: '2018-11-04T05:10:00.000Z', remarks: ['time-ambiguous'],
    });
  });

  it('comes by the channel that takes the rest when its own is unknown', () => {
    expect(reportOf({ MethodReceived: 'Fax' })).toMatchObject({ channel: 'department', remarks: ['channel-unknown'] });
  });

  it.each<[string, Partial<typeof row>, string]>([
    ['without a number', { ServiceRequestNum: ' ' }, 'row.missing-id'],
    ['of an unknown type', { SRType: 'SW-Moon Dust' }, 'row.unknown-type'],
    ['of an unknown status', { SRStatus: 'Lost' }, 'row.unknown-status'],
    ['without a report time', { CreatedDate: '' }, 'row.missing-time'],
    ['reported on a day that is none', { CreatedDate: '02/30/2018 01:00:00 PM' }, 'row.unreadable-time'],
    ['with a due time in another format', { DueDate: '2018-07-09' }, 'row.unreadable-time'],
    ['closed before it was reported', { CloseDate: '07/01/2018 01:00:00 PM' }, 'row.closed-before-report'],
    ['closed without a time', { CloseDate: '' }, 'row.closed-without-time'],
  ])('%s is rejected with a reason', (_, change, code) => {
    expect(rejectOf(change)).toBe(code);
  });

  it('that lacks columns altogether is rejected, not guessed', () => {
    expect(mapRow(mapping, {})).toMatchObject({ reject: { code: 'row.missing-id' } });
  });
});

describe('a mapping', () => {
  const problemsOf = (change: Partial<MappingFiles>): readonly string[] => {
    try {
      parseMapping({ ...files, ...change }, reference);
      return [];
    } catch (error) {
      expect(error).toMatchObject({ code: 'mapping.invalid' });
      const { problems } = (error as { details: { problems: { file: string; line: number | null; field: string | null; code: string }[] } }).details;
      return problems.map(({ file, line, field, code }) => `${file}:${line ?? '-'} ${field ?? '-'} ${code}`);
    }
  };
  const json = (change: Record<string, unknown>): Partial<MappingFiles> => ({ mapping: { file: 'mapping.json', value: { ...(files.mapping.value as object), ...change } } });

  it('lists every column that it reads', () => {
    expect([...mapping.columns].sort()).toEqual(Object.keys(row).sort());
  });

  it('explains every type by a rule of its city', () => {
    expect(mapping.type.values.size).toBe(231);
  });

  it('names the field when something is missing, misspelt or misplaced', () => {
    const time = { format: 'MM/DD/YYYY hh:mm:ss A', zone: 'America/New_York', reportedAt: 'CreatedDate', dueAt: 'DueDate', closedAt: 'CloseDate' };
    expect(problemsOf(json({ externalId: undefined }))).toEqual(['mapping.json:- externalId reference.missing-field']);
    expect(problemsOf(json({ extra: 1 }))).toEqual(['mapping.json:- extra reference.unknown-field']);
    expect(problemsOf(json({ referenceVersion: 'boston-1' }))).toEqual(['mapping.json:- referenceVersion mapping.other-reference']);
    expect(problemsOf(json({ time: { ...time, zone: 'America/Baltimore' } }))).toEqual(['mapping.json:- time.zone mapping.unknown-zone']);
    expect(problemsOf(json({ time: { ...time, format: 'MM/DD' } }))).toEqual(['mapping.json:- time.format mapping.unreadable-format']);
    expect(problemsOf(json({ channel: { column: 'MethodReceived', values: { Phone: 'telephone' }, otherwise: 'department' } }))).toEqual([
      'mapping.json:- channel.values.Phone reference.unknown-word',
    ]);
    expect(problemsOf(json({ outcome: { column: 'SRStatus', values: { Closed: 'done' } } }))).toEqual(['mapping.json:- outcome.values.Closed reference.unknown-word']);
    expect(problemsOf(json({ place: { columns: ['Neighborhood', 'PoliceDistrict'], otherwise: 'BAL-D' } }))).toEqual(['mapping.json:- place.otherwise mapping.unknown-grid']);
    expect(problemsOf(json({ personal: ['ServiceRequestNum'] }))).toEqual(['mapping.json:- personal mapping.personal-in-the-open']);
  });

  it('names the line when its tables speak of rules, rungs or grids that are not there', () => {
    const types = 'type,rule_id,closes_on\nA,SW-99.1,street\nB,SW-01.1,moon\nB,SW-01.1,grid\n';
    expect(problemsOf({ types: parseTable('types.csv', types) })).toEqual([
      'types.csv:2 rule_id mapping.unknown-rule', 'types.csv:3 closes_on reference.unknown-rung', 'types.csv:4 type reference.duplicate-code',
    ]);
    const places = 'column,value,grid\nNeighborhood,Abell,BAL-N-abell\nZipCode,21215,BAL-G-abell\n';
    expect(problemsOf({ places: parseTable('places.csv', places) })).toEqual(['places.csv:2 grid mapping.unknown-grid', 'places.csv:3 column mapping.unknown-place-column']);
  });
});
