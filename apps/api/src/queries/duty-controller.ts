import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { entryOf } from '#incident';
import { Refusal } from '#kernel';
import { grades } from '#reference';
import type { Grade } from '#reference';
import { PORTS } from '../ports.js';
import type { ApiPorts } from '../ports.js';
import { Asks } from '../door/access.js';
import { Code, OneOf } from '../door/fields.js';
import { rankedUnits } from '../orders/suggestions.js';

class DutyAddress {
  @Code({ description: 'Rule of the catalogue', example: 'C-02-12.4' }) ruleId!: string;
  @Code({ description: 'Responsible grid' }) gridCode!: string;
  @OneOf(grades, 'Grade', { optional: true, description: 'general if left out' }) grade?: Grade;
}

@ApiTags('queries')
@Controller('api/duties')
export class DutyController {
  constructor(@Inject(PORTS) private readonly ports: ApiPorts) {}

  /** The same two questions that filing and dispatching ask, of the reference data in force, without an incident. */
  @Get('probe')
  @Asks('reference')
  @ApiOperation({ summary: '权责探查 Who would get this: the rung it enters at, the centre that would hold it, and the units that would be suggested', operationId: 'dutyProbe' })
  probe(@Query() { ruleId, gridCode, grade = 'general' }: DutyAddress): object {
    const city = this.ports.library().current;
    const rule = city.rule(ruleId);
    if (!rule) throw new Refusal('catalogue.unknown-rule', `The catalogue in force has no rule "${ruleId}".`, { ruleId });
    const place = city.pathOf(gridCode);
    if (!place) throw new Refusal('place.unknown-grid', `There is no grid "${gridCode}" in this city.`, { gridCode });
    const { rung, enteredBy } = entryOf(rule, grade, place, city);
    const centre = city.centre(rung, place);
    return { rung, enteredBy, centre: centre && { unit: centre.code, name: centre.name }, items: rankedUnits(city, rule, rung, place) };
  }
}
