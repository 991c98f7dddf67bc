/**
 * A spreadsheet runs a cell that starts with one of these as a formula, and a formula can send the sheet's content elsewhere. A number
 * with a sign is harmless and stays a number.
 */
const risky = /^'*[=+\-@\t\r]/u;
const guarded = /^'+[=+\-@\t\r]/u;
const plainNumber = /^-?\d+(\.\d+)?$/u;

/** Puts an apostrophe before a value that a spreadsheet would run. */
export const guardFormula = (value: string): string => (risky.test(value) && !plainNumber.test(value) ? `'${value}` : value);

/** Takes the apostrophe away again: `unguardFormula(guardFormula(value))` is always `value`. */
export const unguardFormula = (value: string): string => (guarded.test(value) ? value.slice(1) : value);
