import { describe, expect, it } from '@jest/globals';
import { tablesOf } from './workbook-tables.js';

const units = [['code', 'name', 'active', null], [310110, '区中心，"总"', true], [null, '', null, null], ['S-1', null, false, null], [null, null, null]];

describe('a workbook', () => {
  it('gives the texts that the same tables would give as CSV, a sheet for each, by name or by what the pages call it', () => {
    const sheets = [{ name: '说明', rows: [['不是表']] }, { name: ' Units ', rows: units }, { name: '地点', rows: [['code', 'longitude', 'valid'], ['G,1', 121.500_1, new Date('2026-11-23T00:00:00Z')]] }];
    expect(tablesOf('底数.xlsx', sheets)).toEqual([
      { name: 'places.csv', text: 'code,longitude,valid\n"G,1",121.5001,2026-11-23\n' },
      { name: 'units.csv', text: 'code,name,active\n310110,"区中心，""总""",true\n\nS-1,,false\n' },
    ]);
  });

  it('of one table is read by the name of its file', () => {
    expect(tablesOf('Units.xlsx', [{ name: 'Sheet1', rows: units.slice(0, 1) }, { name: 'Sheet2', rows: [] }])).toEqual([{ name: 'units.csv', text: 'code,name,active\n' }]);
    expect(tablesOf('notes.xlsx', [{ name: 'Sheet1', rows: units }])).toEqual([]);
    expect(tablesOf('units.xlsx', [])).toEqual([]);
  });

  it('keeps a value that stands beside the named columns, so that it is not lost unseen', () => {
    expect(tablesOf('units.xlsx', [{ name: 'a', rows: [['code'], ['x', 'astray']] }])).toEqual([{ name: 'units.csv', text: 'code\nx,astray\n' }]);
  });
});
