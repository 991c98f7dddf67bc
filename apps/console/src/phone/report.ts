import { findHere } from './here.js';
import { me } from './pocket.js';
import { beginDraft } from './post.js';
import { reportAddress } from './report-form.js';
import { go } from './route.js';

/** Grid workers report what the grid sees; everybody else reports for a department. */
export const ownChannel = (): string => (me.value?.role === 'grid-worker' ? 'grid' : 'department');

/** Begins a report and goes to it. The photo is on the device before anything else happens. */
export const beginReport = async (photo: Blob | null): Promise<void> => {
  findHere();
  const id = await beginDraft({ command: 'ReportIncident', address: reportAddress, incidentId: null, about: { title: '', place: '' }, body: { channel: ownChannel() } }, photo);
  go('report', id);
};
