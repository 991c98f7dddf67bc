import type { Loop } from './reaction.js';

/** 善后 What follows an incident in whatever loop it ended: a bad rating opens a rectification, a merger is told to the earlier incident. */
export const aftercare: Loop = {
  name: 'aftercare',
  chinese: '善后',
  hears: ['SatisfactionRecorded', 'Merged'],
  react: (event) => {
    switch (event.type) {
      case 'SatisfactionRecorded':
        return event.data.grade === 'dissatisfied' ? [{ type: 'OpenRectification', data: { incidentId: event.data.incidentId } }] : [];
      case 'Merged':
        return [{ type: 'LinkDuplicate', data: { incidentId: event.data.into, duplicate: event.data.incidentId } }];
      default:
        return [];
    }
  },
};
