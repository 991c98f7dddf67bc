import { runChecks } from './checks.js';
import type { Check } from './checks.js';
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

const words = process.argv.slice(2);
const chosenOf = (checks: readonly Check[]): readonly Check[] => checks.filter(({ id }) => words.length === 0 || words.some((word) => id.startsWith(word)));

/** Each group has a city of its own, so none sees what another does. Answers how many failed; a stage that breaks fails all of its group, and the others are closed in order. */
const played = async (group: readonly Check[]): Promise<number> => {
  const checks = chosenOf(group);
  if (checks.length === 0) return 0;
  try {
    const stage = await Stage.open();
    return await runChecks(stage, checks).finally(() => stage.close());
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    return checks.length;
  }
};

// Most of a check is waiting for a page, so three go side by side; what takes the time of a page goes alone.
const sideBySide = [phoneChecks, [...deskChecks, ...pastChecks, ...proofChecks, ...referenceChecks], [...screenChecks, ...stateChecks]];
const alone = [...loadChecks, ...mapLoadChecks];
const failed = await Promise.all(sideBySide.map(played));
const failures = [...failed, await played(alone)].reduce((sum, count) => sum + count, 0);
const checks = chosenOf([...sideBySide.flat(), ...alone]).length;
process.stdout.write(`${checks - failures} of ${checks} checks hold\n`);
process.exit(failures === 0 ? 0 : 1);
