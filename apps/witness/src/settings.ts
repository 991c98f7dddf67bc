import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parsePolicy } from '#evidence';
import type { VerifierKey } from '#evidence';
import { Refusal } from '#kernel';

/** What an operator of a witness sets, by environment variables. */
export interface WitnessSettings {
  /** `THREELOOPS_WITNESS_NAME`: by which name it signs, such as `audit.example/witness`. */
  readonly name: string;
  /** `THREELOOPS_WITNESS_DATA`, default `./data-witness`. */
  readonly folder: string;
  /** `THREELOOPS_WITNESS_LOGS`: file with the keys of the logs that it watches. */
  readonly logs: readonly VerifierKey[];
  readonly host: string;
  readonly port: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

const unreadable = (setting: string, sentence: string): Refusal => new Refusal('setting.unreadable', `${setting} ${sentence}`, { setting });

/** Refuses with `setting.missing` and `setting.unreadable`, naming the variable. */
export const witnessSettings = async (environment: Environment): Promise<WitnessSettings> => {
  const needed = (setting: string, what: string): string => {
    const value = environment[setting] ?? '';
    if (value === '') throw new Refusal('setting.missing', `${setting} is not set; it is ${what}.`, { setting });
    return value;
  };
  const name = needed('THREELOOPS_WITNESS_NAME', 'the name by which this witness signs, such as audit.example/witness');
  if (/[\s+]/.test(name)) throw unreadable('THREELOOPS_WITNESS_NAME', 'must have neither blanks nor a plus.');
  const file = resolve(needed('THREELOOPS_WITNESS_LOGS', 'a file with the keys of the logs to watch (npm run loops -- evidence keys)'));
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw unreadable('THREELOOPS_WITNESS_LOGS', `names a file that cannot be read: ${error.message}`);
  });
  const port = Number(environment['THREELOOPS_WITNESS_PORT'] ?? 8_400);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw unreadable('THREELOOPS_WITNESS_PORT', 'must be a port number from 0 to 65535.');
  return { name, folder: resolve(environment['THREELOOPS_WITNESS_DATA'] ?? 'data-witness'), logs: parsePolicy(text).logs, host: environment['THREELOOPS_WITNESS_HOST'] ?? '127.0.0.1', port };
};
