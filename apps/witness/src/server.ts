import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Witness } from './witness.js';

const bodyBytesMost = 64 * 1024;

const bodyOf = async (request: IncomingMessage): Promise<string | null> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bodyBytesMost) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

/** The witness over HTTP: `POST /add-checkpoint`, and `GET /` with its key for people. */
export const witnessServer = (witness: Witness, key: string, onError: (error: unknown) => void): Server => {
  const answer = (response: ServerResponse, status: number, type: string, body: string): void => void response.writeHead(status, { 'content-type': type }).end(body);
  const plain = 'text/plain; charset=utf-8';
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method === 'GET' && request.url === '/') return answer(response, 200, plain, `${key}\n`);
    if (request.url !== '/add-checkpoint') return answer(response, 404, plain, 'There is nothing here but /add-checkpoint.\n');
    if (request.method !== 'POST') return answer(response, 405, plain, 'A checkpoint is posted.\n');
    const body = await bodyOf(request);
    if (body === null) return answer(response, 413, plain, 'That is more than a checkpoint.\n');
    const { status, type, body: said } = await witness.addCheckpoint(body);
    answer(response, status, type, said);
  };
  return createServer({ requestTimeout: 20_000, headersTimeout: 10_000 }, (request, response) => {
    handle(request, response).catch((error: unknown) => {
      onError(error);
      if (response.headersSent) response.destroy();
      else answer(response, 500, plain, 'The witness cannot remember at this moment and therefore says nothing.\n');
    });
  });
};
