/** 角色 Who somebody is to the city. `engine` is the engine itself: its loops and its clock. */
export type Role =
  | 'grid-worker'
  | 'street-dispatcher'
  | 'unit-handler'
  | 'district-dispatcher'
  | 'city-dispatcher'
  | 'analyst'
  | 'auditor'
  | 'administrator'
  | 'channel'
  | 'engine';

export const roles: readonly Role[] = [
  'grid-worker',
  'street-dispatcher',
  'unit-handler',
  'district-dispatcher',
  'city-dispatcher',
  'analyst',
  'auditor',
  'administrator',
  'channel',
  'engine',
];

/** 行为人 Who acts: a pseudonymous id, a role, the unit acted for. Names stay with the user accounts, never in an event. */
export interface Actor {
  readonly id: string;
  readonly role: Role;
  /** Code of the unit that the actor belongs to; `engine` for the engine itself. */
  readonly unit: string;
}

/** The engine acting by itself: a loop, a clock. */
export const engineActor = (name: string): Actor => ({ id: name, role: 'engine', unit: 'engine' });
