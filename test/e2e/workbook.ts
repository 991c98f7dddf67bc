import { crc32, deflateRawSync } from 'node:zlib';

const u16 = (value: number): Buffer => Buffer.from(Uint16Array.of(value).buffer);
const u32 = (value: number): Buffer => Buffer.from(Uint32Array.of(value).buffer);

/** A ZIP archive, as every workbook is one. */
const zipped = (files: Readonly<Record<string, string>>): Buffer => {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [path, text] of Object.entries(files)) {
    const [name, plain] = [Buffer.from(path), Buffer.from(text)];
    const packed = deflateRawSync(plain);
    const described = [u16(20), u16(0), u16(8), u32(0), u32(crc32(plain)), u32(packed.length), u32(plain.length), u16(name.length), u16(0)];
    const local = Buffer.concat([u32(0x04034b50), ...described, name, packed]);
    directory.push(Buffer.concat([u32(0x02014b50), u16(20), ...described, u16(0), u16(0), u16(0), u32(0), u32(offset), name]));
    parts.push(local);
    offset += local.length;
  }
  const list = Buffer.concat(directory);
  return Buffer.concat([...parts, list, u32(0x06054b50), u16(0), u16(0), u16(directory.length), u16(directory.length), u32(list.length), u32(offset), u16(0)]);
};

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const sheetXml = (rows: readonly (readonly string[])[]): string => {
  const cell = (text: string): string =>
    text === '' ? '<c/>' : /^-?[1-9]\d{0,14}(\.\d+)?$/.test(text) ? `<c><v>${text}</v></c>` : /^(true|false)$/.test(text) ? `<c t="b"><v>${text === 'true' ? 1 : 0}</v></c>` : `<c t="inlineStr"><is><t xml:space="preserve">${escaped(text)}</t></is></c>`;
  const named = (row: readonly string[], number: number): string => row.map((text, column) => cell(text).replace('<c', `<c r="${String.fromCharCode(65 + column)}${number}"`)).join('');
  return `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>${rows.map((row, index) => `<row r="${index + 1}">${named(row, index + 1)}</row>`).join('')}</sheetData></worksheet>`;
};

/** An Excel workbook with these sheets: numbers as numbers and true and false as such, as a spreadsheet keeps them. */
export const workbookOf = (sheets: Readonly<Record<string, readonly (readonly string[])[]>>): Buffer => {
  const all = Object.entries(sheets);
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const related = (entries: readonly string[]): string => `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${entries.join('')}</Relationships>`;
  return zipped({
    '[Content_Types].xml': '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>',
    '_rels/.rels': related([`<Relationship Id="rId1" Type="${office}/officeDocument" Target="xl/workbook.xml"/>`]),
    'xl/workbook.xml': `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="${office}"><sheets>${all.map(([name], index) => `<sheet name="${escaped(name)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`).join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': related(all.map((_sheet, index) => `<Relationship Id="rId${index + 1}" Type="${office}/worksheet" Target="worksheets/sheet${index + 1}.xml"/>`)),
    ...Object.fromEntries(all.map(([, rows], index) => [`xl/worksheets/sheet${index + 1}.xml`, sheetXml(rows)])),
  });
};
