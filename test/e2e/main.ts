import { runChecks } from './checks.js';
import { Stage } from './harness.js';
import { deskChecks } from './desk.js';
import { loadChecks } from './load.js';
import { mapLoadChecks } from './map-load.js';
import { pastChecks } from './past.js';
import { phoneChecks } from './phone.js';
import { proofChecks } from './proof.js';
import { referenceChecks } from './reference.js';
import { screenChecks } from './screens.js';
import { stateChecks } from './states.js';

const stage = await Stage.open();
let failures = 1;
try {
  failures = await runChecks(stage, [...phoneChecks, ...deskChecks, ...screenChecks, ...pastChecks, ...proofChecks, ...referenceChecks, ...stateChecks, ...loadChecks, ...mapLoadChecks], process.argv.slice(2));
} finally {
  await stage.close();
}
process.exit(failures === 0 ? 0 : 1);
