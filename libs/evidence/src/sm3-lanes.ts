import { choice, FourLanes, inAll, plus, rotated, value, xor } from './four-lanes.js';
import type { Code, Words } from './four-lanes.js';

/** What is used here of the JavaScript interface of WebAssembly, which no declaration at hand has without a whole browser around it. */
declare const WebAssembly: {
  readonly validate: (bytes: Uint8Array) => boolean;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: { readonly memory: { readonly buffer: ArrayBuffer }; readonly run: (at: number, blocks: number) => void } };
};

const blockBytes = 64;
const digestBytes = 32;
export const laneCount = 4;
/** A message and what fills it up to whole blocks stands in so many bytes for each lane; behind it there is room for a node. */
const messageBytes = 14 * blockBytes;
const nodeBytes = 2 * blockBytes;
const laneBytes = messageBytes + nodeBytes;
const digestsAt = laneCount * laneBytes;
/** A byte 1 behind the message and its length in eight at the end. */
const fillingBytes = 9;

const initial = [0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e];
const roundCount = 64;
/** From here on the other constant and the other two Boolean functions hold. */
const lateRound = 16;
const constantOf = (round: number): number => {
  const [constant, bits] = [round < lateRound ? 0x79cc4519 : 0x7a879d8a, round % 32];
  return bits === 0 ? constant : (constant << bits) | (constant >>> (32 - bits));
};

const four = (words: readonly Words[], from = 0) => words.slice(from, from + 4) as unknown as readonly [Words, Words, Words, Words];

/** The compression function of SM3 (GB/T 32905-2016, 5.3) and what surrounds it, for four messages of as many blocks side by side. Names as in the standard. */
const sm3Code = (): Uint8Array => {
  const lanes = new FourLanes();
  const [state, word, row] = [lanes.words(8), lanes.words(68), lanes.words(4)];
  const w = (index: number): Words => word[index] as Words;
  const [ss1, ss2, tt1, tt2] = four(lanes.words(4));
  const [p1] = lanes.words(1) as readonly [Words];
  let registers = lanes.words(8);

  const readBlock = (): void => {
    for (let at = 0; at < 16; at += 4) {
      row.forEach((each, lane) => lanes.load(each, lane * laneBytes + at * 4));
      lanes.transpose(four(row), four(word, at));
    }
  };
  const expand = (j: number): void => {
    lanes.set(p1, xor(xor(value(w(j - 16)), value(w(j - 9))), rotated(w(j - 3), 15)));
    lanes.set(p1, xor(xor(value(p1), rotated(p1, 15)), rotated(p1, 23)));
    lanes.set(w(j), xor(xor(value(p1), rotated(w(j - 13), 7)), value(w(j - 6))));
  };
  const round = (j: number): void => {
    const [a, b, c, d, e, f, g, h] = registers as readonly [Words, Words, Words, Words, Words, Words, Words, Words];
    const parity = (x: Words, y: Words, z: Words): Code => xor(xor(value(x), value(y)), value(z));
    const ff = j < lateRound ? parity(a, b, c) : choice(value(a), value(b), xor(value(b), value(c)));
    const gg = j < lateRound ? parity(e, f, g) : choice(value(f), value(g), value(e));
    lanes.set(ss2, rotated(a, 12));
    lanes.set(ss1, plus(plus(value(ss2), value(e)), inAll(constantOf(j))));
    lanes.set(ss1, rotated(ss1, 7));
    lanes.set(ss2, xor(value(ss1), value(ss2)));
    lanes.set(tt1, plus(plus(plus(ff, value(d)), value(ss2)), xor(value(w(j)), value(w(j + 4)))));
    lanes.set(tt2, plus(plus(plus(gg, value(h)), value(ss1)), value(w(j))));
    lanes.set(b, rotated(b, 9));
    lanes.set(f, rotated(f, 19));
    // The oldest of each four makes room for the newest; nothing else has to be moved.
    lanes.set(d, value(tt1));
    lanes.set(h, xor(xor(value(tt2), rotated(tt2, 9)), rotated(tt2, 17)));
    registers = [d, a, b, c, h, e, f, g];
  };

  state.forEach((each, index) => lanes.set(each, inAll(initial[index] as number)));
  lanes.eachRound(blockBytes, () => {
    readBlock();
    registers.forEach((each, index) => lanes.set(each, value(state[index] as Words)));
    for (let j = 0; j < roundCount; j += 1) {
      if (j >= lateRound - 4) expand(j + 4);
      round(j);
    }
    registers.forEach((each, index) => lanes.set(state[index] as Words, xor(value(state[index] as Words), value(each))));
  });
  for (const half of [0, 1]) {
    lanes.transpose(four(state, 4 * half), four(row));
    row.forEach((each, lane) => lanes.store(digestsAt + lane * digestBytes + half * 16, each));
  }
  return lanes.module();
};

const blocksOf = (message: Uint8Array): number => Math.ceil((message.length + fillingBytes) / blockBytes);

/**
 * 国密四路 SM3 of four messages at once. Processors have an instruction for SHA-256 and mostly none for SM3, which by itself costs more than the whole other tree;
 * side by side in the lanes of vector instructions it takes a third of that.
 */
export class Sm3Lanes {
  private constructor(
    private readonly memory: Buffer,
    private readonly run: (at: number, blocks: number) => void,
  ) {
    for (let lane = 0; lane < laneCount; lane += 1) {
      const at = lane * laneBytes + messageBytes;
      this.memory[at] = 1;
      this.fill(at, 1 + 2 * digestBytes, nodeBytes / blockBytes);
    }
  }

  /** Null where the machine has no vector instructions, or does not let code be made. */
  static get(): Sm3Lanes | null {
    if (typeof WebAssembly === 'undefined') return null;
    const code = sm3Code();
    if (!WebAssembly.validate(code)) return null;
    const { memory, run } = new WebAssembly.Instance(new WebAssembly.Module(code)).exports;
    return new Sm3Lanes(Buffer.from(memory.buffer), run);
  }

  /** Puts the hashes of four messages into a row, one behind the other. False, and nothing is done, when the messages are not of as many blocks or too long for this. */
  messages(four: readonly Uint8Array[], row: Buffer, at: number): boolean {
    const [first] = four;
    const blocks = first ? blocksOf(first) : 0;
    if (four.length !== laneCount || blocks * blockBytes > messageBytes || four.some((message) => blocksOf(message) !== blocks)) return false;
    four.forEach((message, lane) => {
      this.memory.set(message, lane * laneBytes);
      this.fill(lane * laneBytes, message.length, blocks);
    });
    this.finish(0, blocks, row, at);
    return true;
  }

  /** Puts the nodes over four neighbouring pairs of hashes into a row, one behind the other. They may stand where the pairs stood. */
  nodes(pairs: Buffer, from: number, row: Buffer, at: number): void {
    for (let lane = 0; lane < laneCount; lane += 1) {
      const pair = from + lane * 2 * digestBytes;
      pairs.copy(this.memory, lane * laneBytes + messageBytes + 1, pair, pair + 2 * digestBytes);
    }
    this.finish(messageBytes, nodeBytes / blockBytes, row, at);
  }

  /** What stands behind a message in its last block (GB/T 32905-2016, 5.2). */
  private fill(at: number, length: number, blocks: number): void {
    const end = at + blocks * blockBytes;
    this.memory.fill(0, at + length, end - 4);
    this.memory[at + length] = 0x80;
    this.memory.writeUInt32BE(length * 8, end - 4);
  }

  private finish(from: number, blocks: number, row: Buffer, at: number): void {
    this.run(from, blocks);
    this.memory.copy(row, at, digestsAt, digestsAt + laneCount * digestBytes);
  }
}
