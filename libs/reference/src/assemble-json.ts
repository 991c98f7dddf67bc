import type { Findings, JsonFile } from './assemble-table.js';

/** Any JSON object may carry a key of this name for people; the engine does not read it. */
const remarkKey = 'note';

const kindOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`);

/**
 * A value inside a JSON file, under way to being understood: knows its path and reports what is wrong with it. Where something is
 * wrong a harmless value is given back, so that the reading goes on and finds the rest.
 */
export class JsonField {
  constructor(
    private readonly findings: Findings,
    private readonly file: string,
    readonly path: string,
    readonly value: unknown,
  ) {}

  static of(findings: Findings, { file, value }: JsonFile): JsonField {
    return new JsonField(findings, file, '', value);
  }

  problem(code: string, message: string): void {
    this.findings.add(this.file, null, this.path === '' ? null : this.path, code, message);
  }

  /** The fields of an object; missing and unknown ones are reported. */
  object<Key extends string, Optional extends string = never>(keys: readonly Key[], optionalKeys: readonly Optional[] = []): Record<Key | Optional, JsonField> {
    const object = this.asObject();
    for (const key of Object.keys(object)) {
      if (key !== remarkKey && !(keys as readonly string[]).includes(key) && !(optionalKeys as readonly string[]).includes(key)) {
        this.inside(key, undefined).problem('reference.unknown-field', `nobody reads a field "${key}"`);
      }
    }
    for (const key of keys) {
      if (object[key] === undefined) this.inside(key, undefined).problem('reference.missing-field', `the field "${key}" is missing`);
    }
    const fields = [...keys, ...optionalKeys].map((key) => [key, this.inside(key, object[key])] as const);
    return Object.fromEntries(fields) as Record<Key | Optional, JsonField>;
  }

  /** The fields of an object whose keys are data. */
  entries(): readonly (readonly [string, JsonField])[] {
    return Object.entries(this.asObject()).map(([key, value]) => [key, this.inside(key, value)] as const);
  }

  list(): readonly JsonField[] {
    if (Array.isArray(this.value)) return this.value.map((value, index) => new JsonField(this.findings, this.file, `${this.path}[${index}]`, value));
    this.wrongType('a list');
    return [];
  }

  text(): string {
    if (typeof this.value === 'string' && this.value.trim() !== '') return this.value.trim();
    if (typeof this.value === 'string') this.problem('reference.missing-value', 'it is empty');
    else this.wrongType('a text');
    return '';
  }

  oneOf<Choice extends string>(choices: readonly Choice[]): Choice | null {
    const text = this.text();
    const choice = choices.find((known) => known === text);
    if (choice === undefined && text !== '') this.problem('reference.unknown-word', `"${text}" is none of ${choices.join(', ')}`);
    return choice ?? null;
  }

  /** A number from `least` to `most`, both included. */
  number({ least, most, whole = false }: { readonly least: number; readonly most: number; readonly whole?: boolean }): number {
    if (typeof this.value !== 'number' || !Number.isFinite(this.value)) {
      this.wrongType('a number');
      return least;
    }
    if (this.value < least || this.value > most || (whole && !Number.isInteger(this.value))) {
      this.problem('reference.out-of-range', `${this.value} is not ${whole ? 'a whole number' : 'a number'} from ${least} to ${most}`);
    }
    return this.value;
  }

  get given(): boolean {
    return this.value !== undefined;
  }

  private inside(key: string, value: unknown): JsonField {
    return new JsonField(this.findings, this.file, this.path === '' ? key : `${this.path}.${key}`, value);
  }

  private asObject(): Record<string, unknown> {
    if (typeof this.value === 'object' && this.value !== null && !Array.isArray(this.value)) return this.value as Record<string, unknown>;
    this.wrongType('an object');
    return {};
  }

  /** A missing value was reported where it is missing. */
  private wrongType(wanted: string): void {
    if (this.given) this.problem('reference.wrong-type', `${wanted} was expected here, not ${kindOf(this.value)}`);
    else if (this.path === '') this.problem('reference.missing-value', 'the file is empty');
  }
}
