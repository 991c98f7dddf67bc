import { explain } from '#assembly';
import { measureAppends } from './appends.js';
import { measureEvidenceAppend, measureVerify } from './evidence.js';
import { measureFigures } from './figures.js';
import type { Group } from './group.js';
import { measureDeadlines } from './deadlines.js';
import { measureKafka } from './kafka.js';
import { measureScale } from './scale.js';
import { measureHttp } from './http.js';
import { measureRealInput } from './real-input.js';
import { measureViews } from './views.js';
import type { GroupName, Row, RowName } from './rows.js';

/** What the conductor sends once. */
export interface Errand {
  readonly group: GroupName;
  readonly databaseUrl: string;
  readonly folder: string;
  readonly wanted: readonly RowName[];
}

const groups: Readonly<Record<GroupName, (group: Group) => Promise<void>>> = {
  appends: measureAppends,
  http: measureHttp,
  views: measureViews,
  deadlines: measureDeadlines,
  'real-input': measureRealInput,
  figures: measureFigures,
  'figures-evidence': measureEvidenceAppend,
  'figures-verify': measureVerify,
  kafka: measureKafka,
  scale: measureScale,
};

/** Without the conductor nobody wants the figures, and the database is going away. */
process.on('disconnect', () => process.exit(1));

process.once('message', (errand: Errand) => {
  const { group, databaseUrl, folder, wanted } = errand;
  groups[group]({ databaseUrl, folder, wanted: new Set(wanted), say: (row: Row) => void process.send?.(row) }).then(
    () => process.exit(0),
    (error: unknown) => {
      explain(error);
      process.exit(1);
    },
  );
});
