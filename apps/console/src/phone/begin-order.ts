import { phoneCommand } from './commands.js';
import { here } from './here.js';
import { gridName, subjectName } from './naming.js';
import { beginDraft, order } from './post.js';
import type { Wanted } from './post.js';
import { go } from './route.js';

interface About {
  readonly incidentId: string;
  readonly grid: string;
  readonly ruleId: string | null;
  readonly ruleHint: string | null;
}

/** Begins what a button says: at once where one tap is enough, else on a screen of its own. `body` is what the screen begins with. */
export const beginOrder = async (command: string, row: About, photo: Blob | null, body: Wanted['body'] = {}): Promise<void> => {
  const known = phoneCommand(command);
  if (!known) return;
  const { incidentId } = row;
  // What the reporter thought it was is filed unless somebody knows better.
  const begun = command === 'FileIncident' && row.ruleHint !== null ? { ruleId: row.ruleHint, ...body } : body;
  const wanted: Wanted = { command, address: `/api/incidents/${incidentId}/${known.path}`, incidentId, about: { title: subjectName(row), place: gridName(row.grid) }, body: begun };
  if (known.form !== 'at-once') {
    go('order', await beginDraft(wanted, photo));
    return;
  }
  const arrives = command === 'RecordArrival' || command === 'ReportIn';
  const location = arrives && here.value ? { location: { longitude: here.value.longitude, latitude: here.value.latitude } } : {};
  await order({ ...wanted, body: { ...body, ...location } });
};
