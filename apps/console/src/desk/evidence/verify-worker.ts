import { Verdict, base64, believe, checkpointOf, fieldsOf, included, keysIn, leafHash, same, text, verifyExport } from 'virtual:verifier';
import { Problem, problemIn } from '../../shared/problem.js';
import type { Asked, Found, Said } from './verdict.js';

const port = self as unknown as { onmessage: ((message: MessageEvent<Asked>) => void) | null; postMessage(said: Said): void };
const exportAddress = '/api/evidence/export';

/** The whole log as it is exported, with word of how much has come. */
const exported = async (): Promise<Uint8Array> => {
  const response = await fetch(exportAddress, { credentials: 'same-origin' });
  if (!response.ok || !response.body) throw await problemIn(response);
  const parts: Uint8Array[] = [];
  let bytes = 0;
  const reader = response.body.getReader();
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    parts.push(step.value);
    bytes += step.value.length;
    port.postMessage({ kind: 'received', bytes });
  }
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

const verifyLog = async (said: string): Promise<Verdict> => {
  const keys = await keysIn(said);
  return verifyExport(await exported(), keys, null, (position) => {
    port.postMessage({ kind: 'reckoned', position });
    return Promise.resolve();
  });
};

/** That the leaf is of this fact, and stands in both trees under checkpoints that the log signed. */
const verifyLeaf = async ({ keys: said, proof: { position, index, leaf, trees }, fact }: Asked & { kind: 'leaf' }): Promise<Verdict> => {
  const keys = await keysIn(said);
  const bytes = base64(leaf);
  const [logId, place, , , , type, , recordedAt] = fieldsOf(bytes).slice(0, 8).map((field) => text(field));
  if (position !== fact.position || place !== String(position) || index !== position - 1 || type !== fact.type || recordedAt !== fact.recordedAt) throw new Verdict('altered', '叶子不是这条事实的', { '首个异常位置': position });
  const names: string[] = [];
  for (const tree of ['sha256', 'sm3'] as const) {
    const checkpoint = checkpointOf(trees[tree].checkpoint);
    const root = await included(tree, await leafHash(tree, bytes), index, checkpoint.size, trees[tree].proof.map(base64));
    if (checkpoint.tree !== tree || !root || !same(root, checkpoint.root) || !checkpoint.origin.startsWith(`threeloops/${logId ?? ''}`)) throw new Verdict('altered', '包含证明不成立', { '首个异常位置': position });
    await believe(checkpoint, keys, position);
    names.push(`${checkpoint.origin} · ${checkpoint.size}`);
  }
  return new Verdict('ok', '', { '事实': 1, '校验点': names.join('；') });
};

const foundIn = ({ verdict, message, more }: Verdict): Found => {
  if (verdict === 'ok') return { verdict, facts: Number(more['事实']), checkpoints: String(more['校验点'] ?? '') };
  if (verdict === 'undecided') return { verdict, why: message, code: 'verifier.undecided' };
  const [from, until] = (String(more['首个异常位置'] ?? '').match(/\d+/g) ?? []).map(Number);
  return { verdict, from: from ?? null, until: until ?? null, why: message };
};

port.onmessage = ({ data }) => {
  const work = crypto.subtle === undefined ? Promise.reject(new Problem({ status: 0, code: 'verifier.no-hashes', detail: 'This browser reckons hashes only over HTTPS; use the verifier as a file of your own.' })) : data.kind === 'export' ? verifyLog(data.keys) : verifyLeaf(data);
  work.then(foundIn, (error: unknown): Found => {
    if (error instanceof Verdict) return foundIn(error);
    return { verdict: 'undecided', why: error instanceof Error ? error.message : String(error), code: error instanceof Problem ? error.code : 'verifier.undecided' };
  }).then((found) => port.postMessage({ kind: 'found', found }), () => undefined);
};
