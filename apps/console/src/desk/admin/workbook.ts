import { workerUrl } from '../../shared/trusted.js';
import { tablesOf } from './workbook-tables.js';
import type { SheetsRead, TableText } from './workbook-tables.js';

/** 工作簿 Reads an Excel workbook in a worker, which is loaded when the first one is chosen. Null where it cannot be read. */
export const readWorkbook = async (file: File): Promise<readonly TableText[] | null> => {
  const { default: address } = await import('./workbook-worker.ts?worker&url');
  const worker = new Worker(workerUrl(address), { type: 'module' });
  try {
    const bytes = await file.arrayBuffer();
    const sheets = await new Promise<SheetsRead>((resolve, reject) => {
      worker.addEventListener('message', ({ data }: MessageEvent<SheetsRead>) => resolve(data));
      worker.addEventListener('error', () => reject(new Error('The reader of workbooks could not be loaded.')));
      worker.postMessage(bytes, [bytes]);
    });
    return sheets && tablesOf(file.name, sheets);
  } finally {
    worker.terminate();
  }
};
