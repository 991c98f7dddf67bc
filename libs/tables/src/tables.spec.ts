import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { formatTable, guardFormula, parseTable, readColumns, readJson, readRows, readTable, unguardFormula, writeTable } from './index.js';
import type { ReadLine } from './index.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tables-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const file = async (name: string, content: string | Buffer): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
};

const collect = async (lines: AsyncIterable<ReadLine>): Promise<ReadLine[]> => {
  const all: ReadLine[] = [];
  for await (const line of lines) all.push(line);
  return all;
};

const codeOf = async (reading: Promise<unknown>): Promise<unknown> =>
  reading.then(() => 'no error', (error: unknown) => (error as { code?: string }).code);

const messy = '\uFEFFcode, name\r\nA,"one\nover two lines"\r\n\r\nB,"say ""hi"", please"\r\nC\r\nD,b"ad\r\nE,last\r\n';

describe('reading a table', () => {
  it('takes byte order mark, quotes, line breaks in values and empty lines as they come, and names the line on which each row starts', () => {
    const table = parseTable('t.csv', messy);
    expect(table.columns).toEqual(['code', 'name']);
    expect(table.rows).toEqual([
      { line: 2, values: { code: 'A', name: 'one\nover two lines' } },
      { line: 5, values: { code: 'B', name: 'say "hi", please' } },
      { line: 8, values: { code: 'E', name: 'last' } },
    ]);
  });

  it('lists the lines that it cannot read and goes on', () => {
    const unreadable = parseTable('t.csv', messy).unreadable ?? [];
    expect(unreadable.map(({ line }) => line).sort()).toEqual([6, 7]);
    expect(unreadable.map(({ reason }) => reason)).toContain('it has 1 values where the heading has 2');
  });

  it('reports a line that is not UTF-8, as when a spreadsheet saved it as GB18030', async () => {
    const gbk = Buffer.concat([Buffer.from('code,name\nA,'), Buffer.from([0xd1, 0xee, 0xc6, 0xd6]), Buffer.from('\n')]);
    const table = await readTable(await file('gbk.csv', gbk));
    expect(table.rows).toEqual([]);
    expect(table.unreadable).toEqual([{ line: 2, reason: 'it is not written in UTF-8' }]);
  });

  it('gives the same for a packed file', async () => {
    const packed = await readTable(await file('t.csv.gz', gzipSync(messy)));
    expect(packed).toEqual({ ...parseTable('t.csv.gz', messy) });
  });

  it('finds nothing in an empty file, and says so without failing', () => {
    expect(parseTable('t.csv', '')).toEqual({ file: 't.csv', columns: [], rows: [], unreadable: [] });
  });

  it('refuses a file that is not there or no JSON', async () => {
    expect(await codeOf(readTable(join(folder, 'nowhere.csv')))).toBe('table.missing-file');
    expect(await codeOf(readJson(join(folder, 'nowhere.json')))).toBe('table.missing-file');
    expect(await codeOf(readJson(await file('bad.json', '{"a":')))).toBe('table.unreadable-file');
  });
});

describe('reading a large table line by line', () => {
  it('gives rows and unreadable lines in turn, packed or not', async () => {
    const plain = await collect(readRows(await file('rows.csv', messy)));
    expect(await collect(readRows(await file('rows.csv.gz', gzipSync(messy))))).toEqual(plain);
    expect(plain.map((line) => ('row' in line ? `${line.line} ${line.row['code']}` : `${line.line} unreadable`)).sort()).toEqual(['2 A', '5 B', '6 unreadable', '7 unreadable', '8 E']);
  });

  it('leaves the values of others as they are', async () => {
    const [line] = await collect(readRows(await file('foreign.csv', "code\n'=x\n")));
    expect(line).toEqual({ line: 2, row: { code: "'=x" } });
  });

  it('knows the heading without reading on, and of an empty file that it has none', async () => {
    expect(await readColumns(await file('wide.csv.gz', gzipSync(`a,b\n${'1,2\n'.repeat(100_000)}`)))).toEqual(['a', 'b']);
    expect(await readColumns(await file('empty.csv', ''))).toEqual([]);
  });

  it('can be left in the middle', async () => {
    const path = await file('long.csv.gz', gzipSync(`a\n${'1\n'.repeat(50_000)}`));
    let seen = 0;
    for await (const line of readRows(path)) {
      seen += 1;
      if (line.line > 10) break;
    }
    expect(seen).toBe(10);
  });

  it('refuses a file that is not there or breaks off in the middle', async () => {
    expect(await codeOf(collect(readRows(join(folder, 'nowhere.csv'))))).toBe('table.missing-file');
    expect(await codeOf(readColumns(join(folder, 'nowhere.csv')))).toBe('table.missing-file');
    const packed = gzipSync(`a\n${Array.from({ length: 5_000 }, (_, index) => `${index * 7_919}\n`).join('')}`);
    expect(await codeOf(collect(readRows(await file('cut.csv.gz', packed.subarray(0, packed.length / 2)))))).toBe('table.unreadable-file');
  });
});

describe('writing a table', () => {
  it.each(['=1+1', '+SUM(A1)', '-cmd', '@x', '\tx', '=HYPERLINK("http://x")'])('lets no spreadsheet run "%s"', (value) => {
    expect(guardFormula(value)).toBe(`'${value}`);
    expect(unguardFormula(guardFormula(value))).toBe(value);
  });

  it.each(['121.5', '-76.6', '杨浦', '', "o'clock", '2026-01-01'])('leaves "%s" as it is', (value) => {
    expect(guardFormula(value)).toBe(value);
  });

  it('is read back as it was written, whatever stands in it', () => {
    const value = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('=', "'", '-', '"', ',', '\n', '\r', ' ', '1', '楼') }));
    fc.assert(
      fc.property(fc.array(fc.record({ a: value, b: value }), { maxLength: 5 }), fc.boolean(), (rows, forExcel) => {
        const written = rows.map((row) => ({ key: 'k', ...row }));
        const table = parseTable('t.csv', formatTable(['key', 'a', 'b'], written, { forExcel }));
        expect(table.unreadable).toEqual([]);
        expect(table.rows.map(({ values }) => values)).toEqual(written);
      }),
    );
  });

  it('gives Excel the marks that it needs', () => {
    expect(formatTable(['名'], [{ 名: '杨浦' }], { forExcel: true })).toBe('\uFEFF名\r\n杨浦\r\n');
  });

  it('leaves no half-written file beside the whole one', async () => {
    const path = join(folder, 'out', 'written.csv');
    await writeTable(path, ['a', 'b'], [{ a: '1', b: '=2' }]);
    expect((await readTable(path)).rows).toEqual([{ line: 2, values: { a: '1', b: '=2' } }]);
    expect(await readdir(join(folder, 'out'))).toEqual(['written.csv']);
  });
});
