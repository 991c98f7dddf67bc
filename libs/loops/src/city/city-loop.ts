import { climbWhenDeclared, climbWhenLimitPasses, superviseWhenInspectionsFail, superviseWhenSeriouslyLate } from '../reaction.js';
import type { Loop } from '../reaction.js';

/** 市区大循环 Held by the district centre, then by the city centre. Above the city centre there is nobody: there it is only supervised. */
export const cityLoop: Loop = {
  name: 'city',
  chinese: '市区大循环',
  hears: ['DeadlineBreached', 'DeclaredBeyondAbility', 'DeadlineSeriouslyBreached', 'InspectionFailed'],
  react: (event) => {
    switch (event.type) {
      case 'DeadlineBreached':
        return climbWhenLimitPasses(event, 'district', 'city');
      case 'DeclaredBeyondAbility':
        return climbWhenDeclared(event, 'district', 'city');
      case 'DeadlineSeriouslyBreached':
        return [...superviseWhenSeriouslyLate(event, 'district'), ...superviseWhenSeriouslyLate(event, 'city')];
      case 'InspectionFailed':
        return [...superviseWhenInspectionsFail(event, 'district'), ...superviseWhenInspectionsFail(event, 'city')];
      default:
        return [];
    }
  },
};
