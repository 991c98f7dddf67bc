import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { photoBytesMax } from '#photos';
import { ApiModule } from './api-module.js';
import { readJson } from './door/json-body.js';
import { ReadPosition } from './door/log-position.js';
import { validation } from './door/validation.js';
import { jsonBytesMax, wired } from './door/wire.js';
import type { ApiOptions, ApiPorts } from './ports.js';
import { referenceBytesMax, referenceType } from './reference/media-type.js';
import { DocumentHolder } from './watch/document-holder.js';
import { openApiOf } from './watch/open-api.js';

/** The front door, with all its rules, not yet listening. The host calls `listen`, and `close` when it ends. */
export const createApi = async (ports: ApiPorts, options: ApiOptions = {}): Promise<NestFastifyApplication> => {
  const position = new ReadPosition(ports.views);
  const app = await wired(ApiModule.forRoot(ports, options, position), ports, options, position);
  app.useBodyParser('application/json', { bodyLimit: jsonBytesMax }, readJson);
  app.useBodyParser(referenceType, { bodyLimit: referenceBytesMax }, readJson);
  app.useBodyParser(/^image\//, { bodyLimit: photoBytesMax }, (_request: unknown, body: Buffer, done: (error: Error | null, body: unknown) => void) => done(null, body));
  app.useGlobalPipes(validation());
  app.get(DocumentHolder).describes(() => openApiOf(app));
  return app;
};
