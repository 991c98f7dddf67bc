import type { ClosingTable } from './closing-table.js';

const row = (cells: readonly (string | number)[]): string => cells.map((cell, index) => (index === 0 ? String(cell).padEnd(22) : String(cell).padStart(10))).join('');

/** 收盘表 for people: one line per loop, then what happened to how many. */
export const closingLines = (table: ClosingTable): string =>
  [
    row(['Loop 循环', 'held', 'closed']),
    row(['grid   网格微循环', table.held.grid, table.closed.grid]),
    row(['street 街道小循环', table.held.street, table.closed.street]),
    row(['city   市区大循环', table.held.city, table.closed.city]),
    '',
    `${table.incidents} incidents, ${table.events} facts: ${table.open} open, ${table.selfHandled} handled on the spot, ${table.declined} declined, ${table.merged} merged,`,
    `${table.escalated} climbed, ${table.breached} breached a limit, ${table.returned} were returned, ${table.reworked} reworked.`,
  ].join('\n');
