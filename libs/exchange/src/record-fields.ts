import type { GeoPoint } from '#events';
import { parseIso, Refusal, toIso } from '#kernel';

export interface FieldError {
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

// The same as at the HTTP door: no control characters and no halves of characters in what stands in the log in the clear.
const codePattern = /^[^\p{C}\p{Z}]+$/u;
const linePattern = /^[^\p{C}]+$/u;
const sha256Pattern = /^[0-9a-f]{64}$/;
const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Leaves out what is not there. */
export const given = <Fields extends object>(fields: Fields): { readonly [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;

/**
 * Reads what stands in a record, field by field, and keeps a list of all that is wrong; what a field holds is never repeated. Refuses with
 * `input.invalid`, like the door for people.
 */
export class RecordFields {
  private readonly seen = new Set<string>();

  constructor(
    private readonly body: Readonly<Record<string, unknown>>,
    private readonly errors: FieldError[] = [],
    private readonly path = '',
  ) {}

  static of(value: unknown): RecordFields {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Refusal('record.unreadable', 'The record is not a JSON object.');
    return new RecordFields(value as Readonly<Record<string, unknown>>);
  }

  text(name: string, lengthMax: number): string | undefined {
    return this.string(name, (value) => value.length >= 1 && value.length <= lengthMax, `a text of 1 to ${lengthMax} letters`);
  }

  line(name: string, lengthMax: number): string | undefined {
    return this.string(name, (value) => value.length <= lengthMax && linePattern.test(value), `one line of text of at most ${lengthMax} letters`);
  }

  code(name: string): string | undefined {
    return this.string(name, (value) => value.length <= 100 && codePattern.test(value), 'a code without blanks or control characters');
  }

  uuid(name: string): string | undefined {
    return this.string(name, (value) => uuidPattern.test(value), 'a UUID')?.toLowerCase();
  }

  oneOf<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    return this.string(name, (value) => (choices as readonly string[]).includes(value), `one of ${choices.join(', ')}`) as Choice | undefined;
  }

  /** With its zone, as the engine writes moments. */
  moment(name: string): string | undefined {
    const value = this.string(name, (text) => parseIso(text) !== null, 'a moment with a zone, such as 2026-03-02T09:00:00+08:00');
    const instant = value === undefined ? null : parseIso(value);
    return instant === null ? undefined : toIso(instant);
  }

  number(name: string, least: number, most: number): number | undefined {
    const value = this.take(name);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isFinite(value) && value >= least && value <= most) return value;
    return this.wrong(name, `a number from ${least} to ${most}`);
  }

  whole(name: string, least: number, most: number): number | undefined {
    const value = this.take(name);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most) return value;
    return this.wrong(name, `a whole number from ${least} to ${most}`);
  }

  /** Each once. */
  sha256s(name: string, countMax: number): readonly string[] | undefined {
    const value = this.take(name);
    if (value === undefined) return undefined;
    if (Array.isArray(value) && value.length <= countMax && value.every((each) => typeof each === 'string' && sha256Pattern.test(each)) && new Set(value).size === value.length) return value as string[];
    return this.wrong(name, `a list of at most ${countMax} different SHA-256 hashes, each of 64 lower-case hexadecimal digits`);
  }

  part(name: string): RecordFields | undefined {
    const value = this.take(name);
    if (value === undefined) return undefined;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return this.inside(name, value);
    return this.wrong(name, 'an object');
  }

  location(name: string): GeoPoint | undefined {
    const part = this.part(name);
    if (!part) return undefined;
    const [longitude, latitude] = [part.need('longitude', part.number('longitude', -180, 180)), part.need('latitude', part.number('latitude', -90, 90))];
    part.nothingMore();
    return longitude === undefined || latitude === undefined ? undefined : { longitude, latitude };
  }

  parts(name: string, countMax: number): readonly RecordFields[] {
    const value = this.take(name);
    if (Array.isArray(value) && value.length >= 1 && value.length <= countMax && value.every((each) => typeof each === 'object' && each !== null && !Array.isArray(each))) {
      return value.map((each, index) => this.inside(`${name}[${index}]`, each as object));
    }
    if (value !== undefined) this.wrong(name, `a list of 1 to ${countMax} objects`);
    return [];
  }

  /** A field that has to be there. */
  need<Value>(name: string, value: Value | undefined): Value | undefined {
    if (value === undefined && this.body[name] === undefined) this.note(name, 'required', `${name} is required`);
    return value;
  }

  /** Every field that nobody asked for is one too many. */
  nothingMore(): void {
    for (const name of Object.keys(this.body)) if (!this.seen.has(name)) this.note('(unknown)', 'unknown-field', 'There is a field that nobody reads.');
  }

  note(name: string, code: string, message: string): void {
    this.errors.push({ field: this.path === '' ? name : `${this.path}.${name}`, code, message });
  }

  insist(): void {
    if (this.errors.length > 0) throw new Refusal('input.invalid', `${this.errors.length === 1 ? 'A field is' : 'Some fields are'} not right: ${this.errors.map(({ field }) => field).join(', ')}.`, { errors: this.errors });
  }

  private inside(name: string, value: object): RecordFields {
    return new RecordFields(value as Readonly<Record<string, unknown>>, this.errors, this.path === '' ? name : `${this.path}.${name}`);
  }

  private string(name: string, fits: (value: string) => boolean, wanted: string): string | undefined {
    const value = this.take(name);
    if (value === undefined) return undefined;
    return typeof value === 'string' && fits(value) ? value : this.wrong(name, wanted);
  }

  private take(name: string): unknown {
    this.seen.add(name);
    return Object.hasOwn(this.body, name) ? this.body[name] : undefined;
  }

  private wrong(name: string, wanted: string): undefined {
    this.note(name, 'wrong', `${name} is ${wanted}`);
    return undefined;
  }
}
