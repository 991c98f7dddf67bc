import { describe, expect, it } from '@jest/globals';
import { commandMeant, emptyForm, missingInOrder, orderBodyOf, orderFormOf } from './order-form.js';
import type { OrderForm } from './order-form.js';

const now = Date.parse('2026-11-23T01:00:00.000Z');
const form = (more: Partial<OrderForm>): OrderForm => ({ ...emptyForm, ...more });

describe('the form of an order', () => {
  it.each([
    ['RecordHandling', form({ note: ' 已清理 ' }), { note: '已清理' }],
    ['RecordHandling', form({}), {}],
    ['ReturnDispatch', form({ reason: 'not-our-duty' }), { reason: { code: 'not-our-duty' } }],
    ['ReturnDispatch', form({ reason: 'other', note: '搬走了' }), { reason: { code: 'other', note: '搬走了' } }],
    ['PassInspection', form({ outcome: 'pass', note: '好' }), { note: '好' }],
    ['FailInspection', form({ outcome: 'fail', reason: 'not-done' }), { reason: { code: 'not-done' } }],
    ['VerifyIncident', form({ outcome: 'untrue' }), { outcome: 'untrue' }],
    ['FileIncident', form({ ruleId: 'C-01-01.1' }), { ruleId: 'C-01-01.1', grade: 'general' }],
    ['DispatchIncident', form({ unit: 'S1-roads' }), { unit: 'S1-roads' }],
    ['RequestExtension', form({ addedMinutes: 60, reason: 'awaits-weather' }), { addedMinutes: 60, reason: { code: 'awaits-weather' } }],
    ['RequestSuspension', form({ untilDays: 3, reason: 'awaits-funds' }), { until: '2026-11-26T01:00:00.000Z', reason: { code: 'awaits-funds' } }],
  ])('of %s says what was filled in', (command, filled, body) => {
    expect(missingInOrder(command, filled, command === 'RecordHandling' ? 1 : 0)).toBeNull();
    expect(orderBodyOf(command, filled, {}, now)).toEqual(body);
  });

  it('passes on the number of what is answered', () => {
    expect(orderBodyOf('AnswerSupervision', form({ note: '已整改' }), { supervisionId: 's-1' }, now)).toEqual({ supervisionId: 's-1', note: '已整改' });
  });

  it.each([
    ['RecordHandling', form({}), 'evidence'], ['PassInspection', form({}), 'outcome'], ['PassInspection', form({ outcome: 'fail' }), 'reason'], ['ReturnDispatch', form({}), 'reason'],
    ['ReturnDispatch', form({ reason: 'other', note: ' ' }), 'note'], ['FileIncident', form({}), 'rule'], ['DispatchIncident', form({}), 'unit'],
    ['RequestExtension', form({ reason: 'other', note: 'x' }), 'span'], ['RequestSuspension', form({ untilDays: 1 }), 'reason'], ['AnswerSupervision', form({}), 'note'], ['VerifyIncident', form({}), 'outcome'],
  ])('of %s is not sent while something is missing', (command, filled, missing) => {
    expect(missingInOrder(command, filled, 0)).toBe(missing);
  });

  it('means another command when the inspection failed', () => {
    expect([commandMeant('PassInspection', form({ outcome: 'fail' })), commandMeant('FailInspection', form({ outcome: 'pass' })), commandMeant('ReturnDispatch', form({}))]).toEqual(['FailInspection', 'PassInspection', 'ReturnDispatch']);
  });

  it('is the same again when it is read from what was to be sent', () => {
    const filled = form({ outcome: 'fail', reason: 'other', note: '还在' });
    expect(orderFormOf({ command: 'FailInspection', body: orderBodyOf('FailInspection', filled, {}, now) })).toEqual(filled);
    expect(orderFormOf({ command: 'FileIncident', body: { ruleId: 'C-01-01.1', grade: 'larger' } })).toEqual(form({ ruleId: 'C-01-01.1', grade: 'larger' }));
  });
});
