import { shallowRef } from 'vue';
import { api, asked } from './api.js';
import type { Shapes } from './api.js';
import { named } from './language.js';
import { tOf } from './words.js';

export interface Place {
  readonly code: string;
  readonly kind: 'city' | 'district' | 'street' | 'community' | 'grid';
  readonly name: string;
  readonly parent: string | null;
  readonly longitude: number | null;
  readonly latitude: number | null;
  /** 示意 Made up for trials, not surveyed. */
  readonly synthetic: boolean;
}

export interface Unit {
  readonly code: string;
  readonly name: string;
  readonly kind: string;
  readonly rung: 'grid' | 'street' | 'district' | 'city';
  readonly place: string;
  readonly line: string;
  readonly active: boolean;
}

export interface Rule {
  readonly ruleId: string;
  readonly kind: 'component' | 'occurrence';
  readonly classCode: string;
  readonly className: string;
  readonly subclassCode: string;
  readonly subclassName: string;
  readonly filingCondition: string;
  readonly closingCondition: string;
  readonly limitText: string;
  readonly scenario: string;
  readonly onTheSpot: boolean;
}

export interface CommandName {
  readonly command: string;
  readonly path: string;
  readonly chinese: string;
  readonly reasons: Readonly<Record<string, string>> | null;
}

/** 底数 Names for what the engine tells by code. What the reference data does not know is shown as its code. */
export class City {
  readonly version: string;
  readonly name: string;
  readonly policyVersion: string;
  readonly bounds: { readonly west: number; readonly south: number; readonly east: number; readonly north: number };
  readonly places: ReadonlyMap<string, Place>;
  readonly units: ReadonlyMap<string, Unit>;
  readonly rules: ReadonlyMap<string, Rule>;
  readonly commands: ReadonlyMap<string, CommandName>;
  private readonly subclasses: ReadonlyMap<string, Rule>;
  readonly said: Shapes['Reference'];

  constructor(said: Shapes['Reference']) {
    this.said = said;
    this.version = said.version;
    this.name = said.cityName;
    this.policyVersion = String((said.policy as { version?: unknown }).version ?? '');
    this.bounds = said.bounds as unknown as City['bounds'];
    this.places = new Map((said.places as unknown as Place[]).map((place) => [place.code, place]));
    this.units = new Map((said.units as unknown as Unit[]).map((unit) => [unit.code, unit]));
    const rules = (said.catalogue as unknown as { rules: Rule[] }).rules;
    this.rules = new Map(rules.map((rule) => [rule.ruleId, rule]));
    this.subclasses = new Map(rules.map((rule) => [rule.subclassCode, rule]));
    this.commands = new Map((said.commands as unknown as CommandName[]).map((command) => [command.command, command]));
  }

  placeName(code: string | null): string {
    return code === null ? '' : (this.places.get(code)?.name ?? code);
  }

  unitName(code: string | null): string {
    return code === null ? '' : (this.units.get(code)?.name ?? code);
  }

  /** What it is about, in a word: the subclass of its rule, or of what the reporter thought it was. */
  subjectName({ ruleId, ruleHint, subclassCode }: { readonly ruleId: string | null; readonly ruleHint: string | null; readonly subclassCode: string | null }): string {
    const rule = this.rules.get(ruleId ?? ruleHint ?? '') ?? this.subclasses.get(subclassCode ?? '');
    return rule?.subclassName ?? '';
  }

  commandName(command: string): string {
    return named(command, this.commands.get(command)?.chinese ?? command);
  }

  reasonName(command: string, code: string): string {
    const known = this.commands.get(command)?.reasons?.[code] ?? (code === 'granted' ? '同意' : undefined);
    // The loops give reasons of their own: a clock by its name, and that its limit passed or passed long ago.
    const [, clock, how] = /^(\w+)-(limit-passed|seriously-late)$/.exec(code) ?? [];
    return named(code, known ?? (clock === undefined ? code : `${tOf('clock', clock)}${how === 'limit-passed' ? '时限已过' : '严重超期'}`));
  }
}

export type Me = Shapes['Me'];

/** Who is signed in, and the city that they work in. Null until `enter` has answered. */
export const me = shallowRef<Me | null>(null);
export const city = shallowRef<City | null>(null);

/** Loads both. Fails with a `Problem`; `session.missing` where nobody is signed in. */
export const enter = async (): Promise<void> => {
  const [person, reference] = await Promise.all([asked(api.GET('/api/me')), asked(api.GET('/api/reference'))]);
  me.value = person;
  city.value = new City(reference);
};

/** Where both are certain to be there: inside the pages that are shown after `enter`. */
export const useCity = (): City => {
  if (!city.value) throw new Error('The city is used before it was loaded.');
  return city.value;
};

export const useMe = (): Me => {
  if (!me.value) throw new Error('The person is used before they were known.');
  return me.value;
};
