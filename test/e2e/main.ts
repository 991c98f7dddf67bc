import { runChecks } from './checks.js';
import { Stage } from './harness.js';
import { phoneChecks } from './phone.js';

const stage = await Stage.open();
let failures = 1;
try {
  failures = await runChecks(stage, [...phoneChecks], process.argv.slice(2));
} finally {
  await stage.close();
}
process.exit(failures === 0 ? 0 : 1);
