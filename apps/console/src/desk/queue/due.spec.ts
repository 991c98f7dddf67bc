import { describe, expect, it } from '@jest/globals';
import { dueOf } from './due.js';

describe('the due time of an incident', () => {
  const now = Date.parse('2026-11-23T01:00:00.000Z');
  const row = { open: true, dueAt: '2026-11-23T01:10:00.000Z', suspendedUntil: null };

  it('is running, then due soon from the very moment of the warning, then late from the very moment it is due', () => {
    expect(dueOf(row, '2026-11-23T01:08:00.000Z', now)).toEqual({ kind: 'running', leftMs: 600_000 });
    expect(dueOf(row, '2026-11-23T01:08:00.000Z', now + 479_999).kind).toBe('running');
    expect(dueOf(row, '2026-11-23T01:08:00.000Z', now + 480_000).kind).toBe('soon');
    expect(dueOf(row, '2026-11-23T01:08:00.000Z', now + 600_000)).toEqual({ kind: 'late', leftMs: 0 });
  });

  it('stands still while the incident is suspended', () => {
    expect(dueOf({ ...row, suspendedUntil: '2026-12-01T00:00:00.000Z' }, null, now + 9_000_000)).toEqual({ kind: 'paused', leftMs: 0 });
  });

  it('is none where no clock runs', () => {
    expect(dueOf({ ...row, dueAt: null }, null, now).kind).toBe('none');
    expect(dueOf({ ...row, open: false }, null, now).kind).toBe('none');
  });
});
