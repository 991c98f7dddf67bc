import type { INestApplicationContext } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';

/** The door as an OpenAPI document. Also kept as a golden file, so that no change of it goes unseen. */
export const openApiOf = (app: INestApplicationContext): OpenAPIObject =>
  SwaggerModule.createDocument(
    app as Parameters<typeof SwaggerModule.createDocument>[0],
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
