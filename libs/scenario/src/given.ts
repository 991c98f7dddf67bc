import { Refusal } from '#kernel';
import type { IncidentEvent, IncidentEventType } from '#events';
import type { PersonName } from './people.js';
import type { Asked, History } from './scenario.js';


/** given(history).when(who, command) … .records(facts) / .refuses(code) / .ignores() */
export const given = (history: History) => ({
  when: (who: PersonName, asked: Asked) => {
    const answer = (): readonly IncidentEvent[] | Refusal => {
      try {
        return history.passTime().decide(who, asked);
      } catch (reason) {
        if (reason instanceof Refusal) return reason;
        throw reason;
      }
    };
    const fail = (message: string): never => {
      throw new Error(message);
    };
    return {
      /** Exactly these facts in this order; returns them for a closer look. */
      records: (...types: IncidentEventType[]): readonly IncidentEvent[] => {
        const got = answer();
        if (got instanceof Refusal) return fail(`expected ${types.join(', ')}, was refused: ${got.code} ${got.message}`);
        const names = got.map(({ type }) => type);
        return names.join() === types.join() ? got : fail(`expected ${types.join(', ')}, got ${names.join(', ') || 'nothing'}`);
      },
      refuses: (code: string): void => {
        const got = answer();
        if (!(got instanceof Refusal)) fail(`expected refusal ${code}, got ${got.map(({ type }) => type).join(', ') || 'nothing'}`);
        else if (got.code !== code) fail(`expected refusal ${code}, was refused with ${got.code}: ${got.message}`);
      },
      ignores: (): void => {
        const got = answer();
        if (got instanceof Refusal) fail(`expected silence, was refused: ${got.code} ${got.message}`);
        else if (got.length > 0) fail(`expected silence, got ${got.map(({ type }) => type).join(', ')}`);
      },
    };
  },
});
