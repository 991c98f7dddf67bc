import { Body, Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { IncidentCommandType } from '#incident';
import { PORTS } from '../ports.js';
import type { ApiPorts } from '../ports.js';
import { Sends } from '../door/access.js';
import { incidentIdIn } from '../door/request.js';
import type { ApiRequest } from '../door/request.js';
import { OrderAnswerBody } from './answers.js';
import type { DeviceTimes } from './bodies.js';
import { Door, idempotencyKey } from './door.js';
import type { OrderAnswer } from './door.js';
import { commandRoutes } from './routes.js';
import type { CommandRoute } from './routes.js';

const ifMatch = { name: 'If-Match', required: false, description: 'Revision that you saw; if it is another one by now, the answer is 409', schema: { type: 'string' } } as const;

/** Headers that every command understands. */
export const CommandHeaders = (): MethodDecorator => (target, name, descriptor) => {
  ApiHeader(idempotencyKey)(target, name, descriptor as PropertyDescriptor);
  ApiHeader(ifMatch)(target, name, descriptor as PropertyDescriptor);
};

/** `first-contact` → `firstContact`, the name of the operation. */
const methodName = (path: string): string => path.replace(/-([a-z])/g, (_dash, letter: string) => letter.toUpperCase());

/**
 * One controller with one method per row of the table. What a handwritten method would say by decorators is said here once for all:
 * path, body class (for validation and OpenAPI), permission.
 */
const controllerOf = (routes: readonly CommandRoute[]): Type => {
  @ApiTags('commands')
  @Controller('api/incidents/:id')
  class CommandController {
    constructor(
      @Inject(Door) readonly door: Door,
      @Inject(PORTS) readonly ports: ApiPorts,
    ) {}
  }

  for (const { path, command, chinese, body, make } of routes) {
    const name = methodName(path);
    const carryOut = async function (this: CommandController, sent: DeviceTimes, request: ApiRequest): Promise<OrderAnswer> {
      const incidentId = incidentIdIn(request);
      const sending = this.door.sending(request);
      const loaded = await this.door.visible(sending.caller, incidentId);
      const data = await make(sent, { door: this.door, sending, incidentId, loaded, library: this.ports.library() });
      return this.door.send(sending, command as IncidentCommandType, { incidentId, ...data } as never, sent);
    };
    Object.defineProperty(carryOut, 'name', { value: name });
    const descriptor: PropertyDescriptor = { value: carryOut, writable: true, configurable: true, enumerable: false };
    Object.defineProperty(CommandController.prototype, name, descriptor);
    const { prototype } = CommandController;
    Body()(prototype, name, 0);
    Req()(prototype, name, 1);
    Reflect.defineMetadata('design:paramtypes', [body, Object], prototype, name);
    for (const decorate of [
      Post(path), HttpCode(200), Sends(command), CommandHeaders(),
      ApiOperation({ summary: `${chinese} ${command}`, operationId: name }), ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } }), ApiBody({ type: body }),
      ApiOkResponse({ type: OrderAnswerBody }),
    ]) {
      decorate(prototype, name, descriptor);
    }
  }
  return CommandController;
};

export const CommandController = controllerOf(commandRoutes);
