import { climbWhenDeclared, climbWhenLimitPasses, superviseWhenInspectionsFail, superviseWhenSeriouslyLate } from '../reaction.js';
import type { Loop } from '../reaction.js';

/** 网格微循环 Held by a grid worker and the workstation of a community. What it cannot close climbs to the street. */
export const gridLoop: Loop = {
  name: 'grid',
  chinese: '网格微循环',
  hears: ['DeadlineBreached', 'DeclaredBeyondAbility', 'DeadlineSeriouslyBreached', 'InspectionFailed'],
  react: (event) => {
    switch (event.type) {
      case 'DeadlineBreached':
        return climbWhenLimitPasses(event, 'grid', 'street');
      case 'DeclaredBeyondAbility':
        return climbWhenDeclared(event, 'grid', 'street');
      case 'DeadlineSeriouslyBreached':
        return superviseWhenSeriouslyLate(event, 'grid');
      case 'InspectionFailed':
        return superviseWhenInspectionsFail(event, 'grid');
      default:
        return [];
    }
  },
};
