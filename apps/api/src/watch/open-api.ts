import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import { answers, shapeRef, shapes } from './shapes.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

const operationsOf = ({ paths }: OpenAPIObject): readonly Operation[] =>
  Object.values(paths).flatMap((item) => methods.flatMap((method) => (item[method] ? [item[method]] : [])));

/** Answers are described in one table instead of at every method; every operation can answer a problem. */
const describeAnswers = (operation: Operation): void => {
  const answer = answers[operation.operationId ?? ''];
  const responses = operation.responses as Record<string, object>;
  if (answer) {
    const [status, shape] = answer;
    responses[status] = { description: '', content: { 'application/json': { schema: shapeRef(shape) } } };
  }
  responses['default'] = { description: 'Not done', content: { 'application/problem+json': { schema: shapeRef('Problem') } } };
};

/** The door as an OpenAPI document. Also kept as a golden file, so that no change of it goes unseen. */
export const openApiOf = (app: INestApplication): OpenAPIObject => {
  const document = SwaggerModule.createDocument(
    app,
    new DocumentBuilder()
      .setTitle('ThreeLoops 三循环')
      .setDescription('Commands in, queries and the live stream out. Errors are application/problem+json with a stable `code`. Every answer carries `x-log-position` and `x-server-time`.')
      .setVersion('1')
      .addBearerAuth({ type: 'http', scheme: 'bearer' })
      .addCookieAuth('threeloops')
      .addSecurityRequirements('bearer')
      .addSecurityRequirements('cookie')
      .build(),
  );
  for (const operation of operationsOf(document)) describeAnswers(operation);
  document.components = { ...document.components, schemas: { ...document.components?.schemas, ...(shapes as object) } };
  return document;
};
