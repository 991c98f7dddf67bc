import { Inject } from '@nestjs/common';
import { Command, CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import type { Order, Outcome } from '#engine';
import { PORTS } from '../ports.js';
import type { ApiPorts } from '../ports.js';

/** Every command of an incident goes over the command bus in this one wrapper, whoever sends it. */
export class IncidentOrder extends Command<Outcome> {
  constructor(readonly order: Order) {
    super();
  }
}

@CommandHandler(IncidentOrder)
export class IncidentOrderHandler implements ICommandHandler<IncidentOrder> {
  constructor(@Inject(PORTS) private readonly ports: ApiPorts) {}

  execute({ order }: IncidentOrder): Promise<Outcome> {
    return this.ports.desk.execute(order);
  }
}
