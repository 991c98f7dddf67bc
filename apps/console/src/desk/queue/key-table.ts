/** Which key asks for which command. Inspection has two keys in a row, and is told apart by the page. */
export const actionKeys: Readonly<Record<string, string>> = {
  accept: 'A', file: 'F', decline: 'R', dispatch: 'D', close: 'C', whistle: 'W', supervise: 'S', urge: 'U', merge: 'M', arbitrate: 'B', 'grant-extension': 'G', 'grant-suspension': 'P',
};
