import { describe, expect, it } from '@jest/globals';
import { formOf, missingIn, photosOf, requestOf } from './report-form.js';
import type { ReportForm } from './report-form.js';

const location = { longitude: 121.5, latitude: 31.2 };
const form = (more: Partial<ReportForm> = {}): ReportForm => ({ ruleId: 'E-01-10.1', gridCode: 'S1A1', location, byHand: true, onTheSpot: false, description: ' 一堆垃圾 ', ...more });

describe('the form of a report', () => {
  it('becomes a report, or one that is closed in the same act', () => {
    expect(requestOf(form(), 'grid', 'i')).toEqual({ address: '/api/incidents', body: { incidentId: 'i', channel: 'grid', gridCode: 'S1A1', location, ruleHint: 'E-01-10.1', description: '一堆垃圾' } });
    expect(requestOf(form({ onTheSpot: true }), 'grid', 'i')).toEqual({
      address: '/api/incidents/on-the-spot', body: { incidentId: 'i', channel: 'grid', gridCode: 'S1A1', location, ruleId: 'E-01-10.1', handlingNote: '一堆垃圾' },
    });
  });

  it('says nothing about what was left empty', () => {
    expect(requestOf(form({ gridCode: null, description: '  ' }), 'grid', 'i').body).toEqual({ incidentId: 'i', channel: 'grid', location, ruleHint: 'E-01-10.1' });
  });

  it.each([form({ description: '一堆垃圾' }), form({ onTheSpot: true, description: '' }), form({ location: null, description: '' })])('is the same again when it is read from what was to be sent', (written) => {
    expect(formOf(requestOf(written, 'grid', 'i'))).toEqual(written);
  });

  it('leaves the place to the phone until somebody chose it', () => {
    expect(formOf({ address: '/api/incidents', body: { channel: 'grid' } })).toMatchObject({ byHand: false, gridCode: null, location: null });
  });

  it('takes the last photo for the result of what was handled on the spot', () => {
    const photos = ['a', 'b'].map((id) => ({ id, itemId: 'i', field: 'photos' as const, raw: new Blob(), sha256: null }));
    expect(photosOf(photos, true).map(({ field }) => field)).toEqual(['photos', 'handlingPhotos']);
    expect(photosOf(photos, false).map(({ field }) => field)).toEqual(['photos', 'photos']);
  });

  it('says what is missing, one thing at a time', () => {
    expect([missingIn(form({ ruleId: null }), 1), missingIn(form({ gridCode: null, location: null }), 1), missingIn(form({ onTheSpot: true }), 0), missingIn(form(), 0)]).toEqual(['subject', 'place', 'photo', null]);
  });
});
