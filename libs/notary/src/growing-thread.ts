import { parentPort, workerData } from 'node:worker_threads';
import { TreeGrower } from '#evidence';
import type { GrowingAnswer, GrowingErrand } from './growing.js';

const grower = new TreeGrower(workerData as string);

const carriedOut = (errand: GrowingErrand): GrowingAnswer => {
  if ('facts' in errand) return { growth: grower.take(errand.facts) };
  grower.begin(errand.size, errand.edges);
  return { growth: null };
};

parentPort?.on('message', (errand: GrowingErrand | null) => {
  if (errand === null) {
    parentPort?.close();
    return;
  }
  let answer: GrowingAnswer;
  try {
    answer = carriedOut(errand);
  } catch (error) {
    answer = { objection: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(answer);
});
