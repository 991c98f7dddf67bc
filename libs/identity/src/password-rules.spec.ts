import { describe, expect, it } from '@jest/globals';
import type { Refusal } from '#kernel';
import { AttemptBudget } from './attempt-budget.js';
import { checkPassword } from './password-rules.js';
import { newPassword, newToken } from './tokens.js';

const codeFor = (password: string, login = 'zhang'): string | null => {
  try {
    checkPassword(password, login);
    return null;
  } catch (reason) {
    return (reason as Refusal).code;
  }
};

describe('a password', () => {
  it.each([
    ['elf Zeichen', 'password.too-short'], ['短口令只有十个字符呀', 'password.too-short'], ['x'.repeat(257), 'password.too-long'], ['passwordpassword', 'password.too-common'],
    ['PassWord1234', 'password.too-common'], ['aaaaaaaaaaaa', 'password.too-common'], ['abababababab', 'password.too-common'], ['abcdefghijklm', 'password.too-common'],
    ['987654321098', 'password.too-common'], ['my name is zhang', 'password.contains-login'], ['blue rivers sing', null], ['杨浦滨江的夜晚很安静呢', 'password.too-short'],
    ['杨浦滨江的夜晚真的很安静呢', null], ['7f-q!2kd0-ss', null],
  ])('"%s": %s', (password, code) => {
    expect(codeFor(password)).toBe(code);
  });

  it('that the engine makes up keeps its own rules and is never the same', () => {
    const made = Array.from({ length: 50 }, newPassword);
    expect(made.map((password) => codeFor(password)).filter(Boolean)).toEqual([]);
    expect(new Set(made).size).toBe(50);
    expect(made[0]).toMatch(/^([a-z2-9]{5}-){3}[a-z2-9]{5}$/);
  });

  it('and a token are of different kinds: a token has 256 bits', () => {
    expect(Buffer.from(newToken(), 'base64url')).toHaveLength(32);
  });
});

describe('a budget of attempts', () => {
  it('allows so many, then none until the window after the last one is over', () => {
    const budget = new AttemptBudget(3, 1_000);
    expect([0, 100, 200].map((now) => budget.take('a', now))).toEqual([0, 0, 0]);
    expect(budget.take('a', 300)).toBe(900);
    expect(budget.take('a', 1_100)).toBe(100);
    expect(budget.take('a', 1_200)).toBe(0);
  });

  it('counts names apart, and attempts that were given back not at all', () => {
    const budget = new AttemptBudget(1, 1_000);
    expect([budget.take('a', 0), budget.take('b', 0)]).toEqual([0, 0]);
    budget.giveBack('a');
    expect([budget.take('a', 1) > 0, budget.take('b', 1) > 0]).toEqual([false, true]);
    budget.forget('b');
    expect(budget.take('b', 2)).toBe(0);
  });

  it('remembers only so many names', () => {
    const budget = new AttemptBudget(1, 1_000, 2);
    for (const key of ['a', 'b', 'c']) budget.take(key, 0);
    expect(budget.take('a', 1)).toBe(0);
    expect(budget.take('c', 1)).toBeGreaterThan(0);
  });
});
