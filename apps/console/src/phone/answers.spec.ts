import { describe, expect, it } from '@jest/globals';
import { carriedFor } from './answers.js';

const whistled = (whistleId: string, ...units: string[]) => ({ type: 'Whistled', data: { whistleId, units } });
const reportedIn = (whistleId: string, unit: string) => ({ type: 'ReportedIn', data: { whistleId, unit } });

describe('what a command answers', () => {
  it('is the whistle that called the unit and that it has not come to yet', () => {
    expect(carriedFor('ReportIn', [whistled('w1', 'roads', 'water')], 'roads')).toEqual({ whistleId: 'w1' });
    expect(carriedFor('ReportIn', [whistled('w1', 'roads', 'water'), reportedIn('w1', 'water')], 'roads')).toEqual({ whistleId: 'w1' });
    expect(carriedFor('ReportIn', [whistled('w1', 'roads'), reportedIn('w1', 'roads'), whistled('w2', 'roads')], 'roads')).toEqual({ whistleId: 'w2' });
  });

  it('is nothing for a unit that nobody called, that came, or whose whistle is over', () => {
    expect(carriedFor('ReportIn', [whistled('w1', 'water')], 'roads')).toBeNull();
    expect(carriedFor('ReportIn', [whistled('w1', 'roads'), reportedIn('w1', 'roads')], 'roads')).toBeNull();
    expect(carriedFor('ReportIn', [whistled('w1', 'roads'), { type: 'WhistleEnded', data: { whistleId: 'w1' } }], 'roads')).toBeNull();
  });

  it('is the supervision order that the unit has not answered', () => {
    const issued = { type: 'SupervisionIssued', data: { supervisionId: 's1', unit: 'roads' } };
    expect(carriedFor('AnswerSupervision', [issued], 'roads')).toEqual({ supervisionId: 's1' });
    expect(carriedFor('AnswerSupervision', [issued], 'water')).toBeNull();
    expect(carriedFor('AnswerSupervision', [issued, { type: 'SupervisionAnswered', data: { supervisionId: 's1', unit: 'roads' } }], 'roads')).toBeNull();
  });

  it('is nothing in particular for any other command', () => {
    expect(carriedFor('AcknowledgeDispatch', [], 'roads')).toEqual({});
  });
});
