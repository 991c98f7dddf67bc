import readWorkbook from 'read-excel-file/web-worker';
import type { SheetsRead } from './workbook-tables.js';

const port = self as unknown as { onmessage: ((message: MessageEvent<ArrayBuffer>) => void) | null; postMessage(said: SheetsRead): void };

const read = async (bytes: ArrayBuffer): Promise<SheetsRead> => {
  try {
    return (await readWorkbook(bytes, { trim: false })).map(({ sheet, data }) => ({ name: sheet, rows: data }));
  } catch {
    return null;
  }
};

port.onmessage = ({ data }) => void read(data).then((sheets) => port.postMessage(sheets));
