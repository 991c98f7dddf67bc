import { cosignedSeconds, parseNote, parseSignatures, signatureLine, signersOf, toBase64 } from '#evidence';
import type { VerifierKey } from '#evidence';
import { Refusal } from '#kernel';

/** 见证方 Somebody elsewhere who keeps an eye on the log, and the key by which we know them. */
export interface WitnessAddress {
  /** Submission prefix; `/add-checkpoint` is put behind it. */
  readonly url: string;
  readonly key: VerifierKey;
}

export type WitnessAnswer =
  | { readonly status: 'cosigned'; readonly line: string; readonly seconds: number }
  /** It has cosigned another size than we thought: that one. */
  | { readonly status: 'has'; readonly size: number }
  /** What we sent does not follow from what it has cosigned. */
  | { readonly status: 'disagrees'; readonly why: string }
  | { readonly status: 'not-for-this-log' }
  | { readonly status: 'away'; readonly why: string };

const answerBytesMost = 100_000;

/** Sends a checkpoint to a witness and checks what comes back (C2SP tlog-witness). Never throws for what the other side does. */
export const submitCheckpoint = async (
  { url, key }: WitnessAddress, old: number, proof: readonly Uint8Array[], note: string, patienceMs: number,
): Promise<WitnessAnswer> => {
  let response: Response;
  let text: string;
  try {
    response = await fetch(`${url}/add-checkpoint`, {
      method: 'POST', body: `${[`old ${old}`, ...proof.map(toBase64)].join('\n')}\n\n${note}`, signal: AbortSignal.timeout(patienceMs), redirect: 'error', headers: { 'content-type': 'text/plain' },
    });
    text = await response.text();
  } catch (error) {
    return { status: 'away', why: `it cannot be reached (${error instanceof Error ? error.message : String(error)})` };
  }
  if (response.status === 200 && text.length < answerBytesMost) return cosignatureIn(text, note, key);
  if (response.status === 409 && /^(0|[1-9]\d{0,15})\n$/.test(text)) return { status: 'has', size: Number(text) };
  if (response.status === 404) return { status: 'not-for-this-log' };
  if (response.status === 409 || response.status === 422) return { status: 'disagrees', why: text.trim().slice(0, 200) };
  return { status: 'away', why: `it answered ${response.status}: ${text.trim().slice(0, 200)}` };
};

const cosignatureIn = (text: string, note: string, key: VerifierKey): WitnessAnswer => {
  try {
    const signatures = parseSignatures(text).filter(({ name, keyId }) => name === key.name && keyId.equals(key.keyId));
    const [signature] = signatures;
    if (signature && signersOf({ text: parseNote(note).text, signatures }, [key])?.includes(key)) {
      return { status: 'cosigned', line: signatureLine(signature), seconds: cosignedSeconds(signature.signature) };
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
  return { status: 'away', why: 'its answer bears no signature of its key' };
};
