import { climbWhenDeclared, climbWhenLimitPasses, superviseWhenInspectionsFail, superviseWhenSeriouslyLate } from '../reaction.js';
import type { Loop } from '../reaction.js';

/** 街道小循环 Held by a street centre with its street-level units. What it cannot close climbs to the district. */
export const streetLoop: Loop = {
  name: 'street',
  chinese: '街道小循环',
  hears: ['DeadlineBreached', 'DeclaredBeyondAbility', 'DeadlineSeriouslyBreached', 'InspectionFailed'],
  react: (event) => {
    switch (event.type) {
      case 'DeadlineBreached':
        return climbWhenLimitPasses(event, 'street', 'district');
      case 'DeclaredBeyondAbility':
        return climbWhenDeclared(event, 'street', 'district');
      case 'DeadlineSeriouslyBreached':
        return superviseWhenSeriouslyLate(event, 'street');
      case 'InspectionFailed':
        return superviseWhenInspectionsFail(event, 'street');
      default:
        return [];
    }
  },
};
