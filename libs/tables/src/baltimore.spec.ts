import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkReferenceFolder, describeProblem, loadMapping, loadReferenceFolder, loadUsers, readReports } from './index.js';
import type { ImportMapping, MappedReport } from './index.js';

const baltimore = fileURLToPath(new URL('../../../seeds/baltimore', import.meta.url));
const wholeTable = fileURLToPath(new URL('../../../../shared/data/baltimore_311.csv.gz', import.meta.url));

/** Four requests in the columns of the whole table, for a checkout that has not got it. */
const sample = `ServiceRequestNum,SRType,MethodReceived,CreatedDate,SRStatus,DueDate,CloseDate,Outcome,LastActivity,Address,Neighborhood,PoliceDistrict,Latitude,Longitude
18-1,TRT-Traffic Signal Repairs,Phone,04/12/2018 11:11:26 AM,Closed,04/13/2018 11:11:26 AM,04/12/2018 12:45:47 PM,,,"1 MAIN ST, BALTIMORE",Dorchester,Northwestern,39,-77
18-2,SW-Dirty Alley,API,04/16/2018 05:30:13 AM,Closed,04/23/2018 05:30:13 AM,04/25/2018 06:25:33 AM,,,2 MAIN ST,Hollins Market,Southern,39.2866,-76.6366
14-3,SW-Bulk Scheduled,Internal,04/22/2014 01:07:39 PM,Closed (Duplicate),07/21/2014 01:07:39 PM,05/05/2014 11:08:16 AM,,,3 MAIN ST,,,39.255363,-76.652027
19-4,FIR-Fire Smoke Alarm Installation Request,Mail,01/02/2019 09:00:00 AM,Open,,,,,,Abell,Northern,,
`;
const expected = existsSync(wholeTable)
  ? { rows: 10_000, bothTimes: 9_555, late: 1_567, outcomes: { closed: 9_567, duplicate: 217, transferred: 18, open: 198 }, unknownPlaces: 800 }
  : { rows: 4, bothTimes: 3, late: 1, outcomes: { closed: 2, duplicate: 1, open: 1 }, unknownPlaces: 1 };

let scratch = '';
let mapping: ImportMapping;
let table = wholeTable;
const reports: MappedReport[] = [];
const rejects: string[] = [];
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'baltimore-'));
  if (!existsSync(wholeTable)) {
    table = join(scratch, 'sample.csv');
    await writeFile(table, sample);
  }
  mapping = await loadMapping(join(baltimore, 'import'), await loadReferenceFolder(baltimore));
  for await (const mapped of readReports(mapping, table)) {
    if ('report' in mapped) reports.push(mapped.report);
    else rejects.push(`line ${mapped.line}: ${mapped.reject.code}`);
  }
}, 60_000);
afterAll(() => rm(scratch, { recursive: true, force: true }));

describe('the reference data of Baltimore', () => {
  it('is sound, and so is its list of users', async () => {
    const { reference, problems } = await checkReferenceFolder(baltimore);
    expect(problems.map(describeProblem)).toEqual([]);
    expect(reference && (await loadUsers(baltimore, reference)).length).toBeGreaterThan(20);
  });

  it('measures handling in time that needs no work calendar, since its calendar knows no summer time', async () => {
    const { catalogue } = await loadReferenceFolder(baltimore);
    expect(new Set(catalogue.rules.map((rule) => rule.handleLimit.unit))).toEqual(new Set(['calendar-day', 'continuous-hour']));
  });
});

describe('real 311 requests', () => {
  it('are all mapped', () => {
    expect(rejects).toEqual([]);
    expect(reports.length).toBe(expected.rows);
  });

  it('keep their outcomes', () => {
    const outcomes: Record<string, number> = {};
    for (const { outcome } of reports) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    expect(outcomes).toEqual(expected.outcomes);
  });

  it('are as often closed late as their own columns say', () => {
    const bothTimes = reports.filter(({ dueAt, closedAt }) => dueAt !== null && closedAt !== null);
    expect(bothTimes.length).toBe(expected.bothTimes);
    expect(bothTimes.filter(({ dueAt, closedAt }) => (closedAt ?? '') > (dueAt ?? '')).length).toBe(expected.late);
  });

  it('lie inside the bounds or have no point', () => {
    const { west, south, east, north } = mapping.location.bounds;
    expect(reports.every(({ location }) => location === null || (location.longitude >= west && location.longitude <= east && location.latitude >= south && location.latitude <= north))).toBe(true);
  });

  it('fall to the whole city only when neither neighborhood nor police district is given', () => {
    const unknown = reports.filter(({ remarks }) => remarks.includes('place-unknown'));
    expect(unknown.length).toBe(expected.unknownPlaces);
    expect(unknown.every(({ gridCode }) => gridCode === 'BAL-G-citywide')).toBe(true);
  });

  it('carry numbers that are told apart', () => {
    expect(new Set(reports.map(({ externalId }) => externalId)).size).toBe(reports.length);
  });
});

describe('a table in other columns', () => {
  it('is refused as a whole, and the refusal names the columns', async () => {
    const path = join(scratch, 'other.csv');
    await writeFile(path, sample.replace('SRType', 'RequestType').replace('CloseDate', 'ClosedOn'));
    await expect(readReports(mapping, path).next()).rejects.toMatchObject({ code: 'mapping.missing-column', details: { columns: ['CloseDate', 'SRType'] } });
  });

  it('with a broken line rejects that line alone', async () => {
    const path = join(scratch, 'broken.csv');
    await writeFile(path, `${sample}19-5,only two\n`);
    const mapped = [];
    for await (const item of readReports(mapping, path)) mapped.push('report' in item ? item.report.externalId : item.reject.code);
    expect(mapped).toEqual(['18-1', '18-2', '14-3', '19-4', 'row.unreadable']);
  });
});
