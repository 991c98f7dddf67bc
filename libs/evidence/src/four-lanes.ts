/**
 * 四路 Just so much of WebAssembly's binary format (core specification, chapter 5; vector instructions by their numbers in section 5.4.8) as one function
 * takes that does the same with four 32-bit words at once. An expression is the bytes that leave one value on the stack.
 */
export type Code = readonly number[];

/** A variable of four words. */
export interface Words {
  readonly local: number;
}

const unsigned = (number: number): Code => (number < 128 ? [number] : [(number & 127) | 128, ...unsigned(number >>> 7)]);
const signed = (number: number): Code => (number >= -64 && number < 64 ? [number & 127] : [(number & 127) | 128, ...signed(number >> 7)]);

const op = { end: 0x0b, branchIf: 0x0d, loop: 0x03, get: 0x20, set: 0x21, tee: 0x22, number: 0x41, plus: 0x6a, minus: 0x6b, vector: 0xfd };
const type = { number: 0x7f, vector: 0x7b, function: 0x60, nothing: 0x40 };
const alignedTo16 = 4;

const vector = (instruction: number): Code => [op.vector, ...unsigned(instruction)];
const number = (value: number): Code => [op.number, ...signed(value | 0)];
const binary = (instruction: number) => (left: Code, right: Code): Code => [...left, ...right, ...vector(instruction)];
const shifted = (instruction: number) => (value: Code, bits: number): Code => [...value, ...number(bits), ...vector(instruction)];

export const xor = binary(0x51);
export const plus = binary(0xae);
const or = binary(0x50);
const left = shifted(0xab);
const right = shifted(0xad);
/** The same word in every lane. */
export const inAll = (word: number): Code => [...number(word), ...vector(0x11)];
/** Bits of the first where the third has a one, of the second where it has a zero. */
export const choice = (ones: Code, zeros: Code, bits: Code): Code => [...ones, ...zeros, ...bits, ...vector(0x52)];
export const value = ({ local }: Words): Code => [op.get, ...unsigned(local)];
export const rotated = (words: Words, bits: number): Code => or(left(value(words), bits), right(value(words), 32 - bits));

/** Sixteen bytes out of those of two variables, by their numbers from 0 to 31. */
const shuffled = (one: Words, other: Words, bytes: Code): Code => [...value(one), ...value(other), ...vector(0x0d), ...bytes];
const bytesOf = (words: readonly number[], order: readonly number[]): Code => words.flatMap((word) => order.map((byte) => 4 * word + byte));
const asTheyAre = [0, 1, 2, 3];
const reversed = [3, 2, 1, 0];

/** Parameters of the function that is written here: where in the memory it begins, and how often it goes round its loop. */
const begin = 0;
const rounds = 1;

/** Writes the one function. What it is given to do is done at every round; the place moves on by as many bytes each time. */
export class FourLanes {
  private readonly body: number[] = [];
  private locals = 2;

  words(count: number): readonly Words[] {
    return Array.from({ length: count }, () => ({ local: this.locals++ }));
  }

  set({ local }: Words, code: Code): void {
    this.put([...code, op.set, ...unsigned(local)]);
  }

  /** Four words that stand one behind the other in the memory, so many bytes behind the place of this round. */
  load(words: Words, offset: number): void {
    this.set(words, [op.get, begin, ...vector(0x00), alignedTo16, ...unsigned(offset)]);
  }

  /** Puts four words into the memory, counted from its beginning. */
  store(address: number, words: Words): void {
    this.put([...number(0), ...value(words), ...vector(0x0b), alignedTo16, ...unsigned(address)]);
  }

  /** Rows become columns: word m of variable n becomes word n of variable m. The bytes of every word are put the other way round (big-endian). */
  transpose(rows: readonly [Words, Words, Words, Words], columns: readonly [Words, Words, Words, Words]): void {
    const [a, b, c, d] = rows;
    const [low, lowToo, high, highToo] = this.words(4) as readonly [Words, Words, Words, Words];
    this.set(low, shuffled(a, b, bytesOf([0, 4, 1, 5], asTheyAre)));
    this.set(lowToo, shuffled(c, d, bytesOf([0, 4, 1, 5], asTheyAre)));
    this.set(high, shuffled(a, b, bytesOf([2, 6, 3, 7], asTheyAre)));
    this.set(highToo, shuffled(c, d, bytesOf([2, 6, 3, 7], asTheyAre)));
    this.set(columns[0], shuffled(low, lowToo, bytesOf([0, 1, 4, 5], reversed)));
    this.set(columns[1], shuffled(low, lowToo, bytesOf([2, 3, 6, 7], reversed)));
    this.set(columns[2], shuffled(high, highToo, bytesOf([0, 1, 4, 5], reversed)));
    this.set(columns[3], shuffled(high, highToo, bytesOf([2, 3, 6, 7], reversed)));
  }

  /** What is written in between is done again and again, so many bytes further on each time. */
  eachRound(bytes: number, write: () => void): void {
    this.put([op.loop, type.nothing]);
    write();
    this.put([op.get, begin, ...number(bytes), op.plus, op.set, begin, op.get, rounds, ...number(1), op.minus, op.tee, rounds, op.branchIf, 0, op.end]);
  }

  /** The module: one page of memory, and the function over it. */
  module(): Uint8Array {
    const section = (id: number, content: Code): Code => [id, ...unsigned(content.length), ...content];
    const exported = (name: string, kind: number): Code => [name.length, ...Buffer.from(name), kind, 0];
    const code = [1, ...unsigned(this.locals - 2), type.vector, ...this.body, op.end];
    return Uint8Array.from([
      ...Buffer.from('\0asm'), 1, 0, 0, 0,
      ...section(1, [1, type.function, 2, type.number, type.number, 0]),
      ...section(3, [1, 0]),
      ...section(5, [1, 0, 1]),
      ...section(7, [2, ...exported('run', 0), ...exported('memory', 2)]),
      ...section(10, [1, ...unsigned(code.length), ...code]),
    ]);
  }

  private put(code: Code): void {
    for (const byte of code) this.body.push(byte);
  }
}
