import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkpointText, originOf, parseCheckpoint, treeOfOrigin } from './checkpoint.js';
import { cosignedSeconds, formatKey, parseKey, signersOf, verifierKey } from './keys.js';
import { decodeLeaf, encodeLeaf } from './leaf.js';
import { formatNote, parseNote } from './note.js';
import { formatPolicy, parsePolicy, trust } from './policy.js';
import { cosign, ed25519Signer, keyOfSigner, signNote, sm2Signer, witnessKey } from './signers.js';
import { sha256, sm3 } from './tree-hash.js';

const origin = originOf('0190a0f0-0000-4000-8000-000000000001', 'sha256');
const [ed25519, sm2] = [ed25519Signer(Buffer.alloc(32, 1)), sm2Signer(Buffer.alloc(32, 2))];
const witnesses = [3, 4, 5].map((seed) => ed25519Signer(Buffer.alloc(32, seed)));
const names = ['a.example/w', 'b.example/w', 'c.example/w'] as const;
const text = checkpointText({ origin, size: 7, root: Buffer.alloc(32, 9) });

const noteBy = async (cosigners: readonly number[] = []): Promise<ReturnType<typeof parseNote>> => parseNote(formatNote({
  text, signatures: [await signNote(text, origin, ed25519), await signNote(text, origin, sm2), ...(await Promise.all(cosigners.map((at) => cosign(text, names[at] ?? '', witnesses[at] ?? ed25519, 1_700_000_000))))],
}));

describe('signatures 签名', () => {
  it('are those of GB/T 32918 in its own example, under the identity that everybody takes', () => {
    const publicKey = Buffer.from('0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13', 'hex');
    const signature = Buffer.from('f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa', 'hex');
    const key = verifierKey('gbt', 'sm2', publicKey);
    const signed = (bytes: Buffer) => signersOf({ text: 'message digest', signatures: [{ name: 'gbt', keyId: key.keyId, signature: bytes }] }, [key]);
    expect(signed(signature)).toEqual([key]);
    for (const broken of [Buffer.alloc(64), Buffer.alloc(64, 255), signature.subarray(1), Buffer.concat([signature.subarray(0, 32), Buffer.alloc(32)])]) expect(signed(broken)).toBeNull();
    expect(createHash('sm3').update('abc').digest('hex')).toMatch(/^66c7f0f4.*8f4ba8e0$/);
  });

  it('bear the number that C2SP reckons from name, algorithm and key', () => {
    const key = keyOfSigner(origin, ed25519);
    const number = createHash('sha256').update(Buffer.concat([Buffer.from(`${origin}\n`), Buffer.from([1]), key.publicKey])).digest().subarray(0, 4);
    expect(key.keyId.equals(number)).toBe(true);
    expect(parseKey(formatKey(key))).toEqual(key);
    expect(formatKey(keyOfSigner(origin, sm2))).toMatch(new RegExp(`^${origin}\\+[0-9a-f]{8}\\+/3NtMi1zbTMvdjE`));
    for (const wrong of ['', 'name', `${origin}+00000000+${formatKey(key).split('+')[2]}`, formatKey(key).slice(0, -4), formatKey(key).replace('threeloops', 'three loops')]) {
      expect(() => parseKey(wrong)).toThrow(expect.objectContaining({ code: 'evidence.key-unreadable' }));
    }
  });

  it('of a witness say when they were made, and hold for no other time', async () => {
    const signature = await cosign(text, names[0], witnesses[0] ?? ed25519, 1_700_000_000);
    const key = witnessKey(names[0], witnesses[0] ?? ed25519);
    expect(cosignedSeconds(signature.signature)).toBe(1_700_000_000);
    expect(signersOf({ text, signatures: [signature] }, [key])).toEqual([key]);
    const later = Buffer.from(signature.signature);
    later[7] = (later[7] ?? 0) ^ 1;
    expect(signersOf({ text, signatures: [{ ...signature, signature: later }] }, [key])).toBeNull();
  });

  it('of unknown keys are passed by; one wrong signature of a known key spoils the note', async () => {
    const note = await noteBy([0]);
    expect(signersOf(note, [keyOfSigner(origin, sm2)])?.map(({ kind }) => kind)).toEqual(['sm2']);
    expect(signersOf({ ...note, text: `${note.text} ` }, [keyOfSigner(origin, ed25519)])).toBeNull();
    expect(signersOf(note, [keyOfSigner('another', ed25519)])).toEqual([]);
  });
});

describe('trust 信任', () => {
  const logs = [keyOfSigner(origin, ed25519), keyOfSigner(origin, sm2)];
  const keys = witnesses.map((signer, at) => witnessKey(names[at] ?? '', signer));

  it('asks for as many witnesses as the policy says', async () => {
    const two = parsePolicy(formatPolicy(logs, keys, 2));
    expect(trust(await noteBy([0, 2]), two)).toMatchObject({ trusted: true, checkpoint: { size: 7 } });
    expect(trust(await noteBy([1]), two)).toMatchObject({ trusted: false, code: 'evidence.not-witnessed' });
    expect(trust(await noteBy(), parsePolicy(formatPolicy(logs)))).toMatchObject({ trusted: true });
  });

  it('reads groups of groups as C2SP writes them', async () => {
    const lines = ['# who counts', ...logs.map((key) => `log ${formatKey(key)}`), ...keys.map((key, at) => `witness W${at} ${formatKey(key)}`), 'group some any W0 W1', 'group both all some W2', 'quorum both'];
    const policy = parsePolicy(lines.join('\n'));
    expect(trust(await noteBy([1, 2]), policy).trusted).toBe(true);
    expect(trust(await noteBy([0, 1]), policy).trusted).toBe(false);
    for (const [wrong, line] of [['group g 3 W0 W1', 9], ['quorum nobody', 9], ['witness W0 x', 9], ['group none any W0', 9], ['nonsense', 9]] as const) {
      expect(() => parsePolicy([...lines.slice(0, 6), '', '', wrong].join('\n'))).toThrow(expect.objectContaining({ code: 'evidence.policy-unreadable', details: expect.objectContaining({ line }) }));
    }
    expect(() => parsePolicy('')).toThrow(expect.objectContaining({ code: 'evidence.policy-unreadable' }));
  });

  it('is not given to a checkpoint of another log, nor to a forged one', async () => {
    const others = parsePolicy(formatPolicy([keyOfSigner('threeloops/other', ed25519)]));
    expect(trust(await noteBy(), others)).toMatchObject({ trusted: false, code: 'evidence.key-of-another-log' });
    const forger = parsePolicy(formatPolicy([keyOfSigner(origin, witnesses[0] ?? ed25519)]));
    expect(trust(await noteBy(), forger)).toMatchObject({ trusted: false, code: 'evidence.signature-wrong' });
  });
});

describe('what is written down', () => {
  it('of a note is read in one way only', async () => {
    const good = formatNote(await noteBy());
    expect(formatNote(parseNote(good))).toBe(good);
    for (const wrong of ['', good.trimEnd(), good.replace('\n\n', '\n'), good.replace('\u2014', '-'), good.replace('7\n', '7\u0007\n'), `${good}\u2014 x y z\n`, good.replace(/(.)\n$/, '$1 \n')]) {
      expect(() => parseNote(wrong)).toThrow(expect.objectContaining({ code: 'evidence.note-unreadable' }));
    }
    for (const body of [`${origin}\n07\n${Buffer.alloc(32).toString('base64')}\n`, `${origin}\n7\nshort\n`, `\n7\n${Buffer.alloc(32).toString('base64')}\n`, `${origin}\n-1\n${Buffer.alloc(32).toString('base64')}\n`]) {
      expect(() => parseCheckpoint(formatNote({ text: body, signatures: [{ name: 'a', keyId: Buffer.alloc(4), signature: Buffer.alloc(64) }] }))).toThrow(expect.objectContaining({ code: expect.stringMatching(/^evidence\.(checkpoint|note)-unreadable$/) }));
    }
    expect([treeOfOrigin(origin), treeOfOrigin(originOf('x', 'sm3', 2)), originOf('x', 'sm3', 2)]).toEqual(['sha256', 'sm3', 'threeloops/x/e2/sm3']);
  });

  const fact = {
    position: 42, eventId: '0190a0f0-0000-4000-8000-00000000000e', stream: 'incident-0190a0f0-0000-4000-8000-00000000000a', version: 3, type: 'Filed', schema: 1,
    recordedAt: '2026-11-23T03:30:00.000Z', meta: '{"actor":{"id":"u-7f3a"}}', data: '{"理由":"井盖缺失"}',
  };

  it('of a leaf is frozen: these hashes never change', () => {
    const leaf = encodeLeaf('0190a0f0-0000-4000-8000-000000000001', fact);
    expect([sha256.leaf(leaf).toString('hex'), sm3.leaf(leaf).toString('hex')]).toEqual(['dcc0e88cd7fe09db1e1d3b0ba09ce5eb6aec998ad21a2400baf1349de63ef02a', '55b4073ab76eb07d5e9d62b083947565078f9e5d52e9b591915b288d23bc8238']);
    const { meta, data, ...rest } = fact;
    expect(decodeLeaf(leaf)).toEqual({ ...rest, logId: '0190a0f0-0000-4000-8000-000000000001', metaSha256: createHash('sha256').update(meta).digest('hex'), dataSha256: createHash('sha256').update(data).digest('hex') });
  });

  it('of a leaf is every field behind its length, in whatever script and however long', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary', minLength: 120, maxLength: 400 }));
    fc.assert(fc.property(fc.record({ position: fc.nat(), eventId: text, stream: text, version: fc.nat(), type: text, schema: fc.nat(), recordedAt: text, meta: text, data: text }), text, (each, logId) => {
      const digest = (of: string): Buffer => createHash('sha256').update(of).digest();
      const fields = [logId, each.position, each.eventId, each.stream, each.version, each.type, each.schema, each.recordedAt].map((field) => Buffer.from(String(field)));
      const parts = [...fields, digest(each.meta), digest(each.data)].flatMap((field) => [Buffer.from([0, 0, field.length >> 8, field.length & 0xff]), field]);
      expect(encodeLeaf(logId, each).equals(Buffer.concat([Buffer.from([1]), ...parts]))).toBe(true);
    }));
  });

  it('of a leaf tells any two facts apart, and is read back or refused', () => {
    const facts = fc.record({ position: fc.nat(), eventId: fc.string(), stream: fc.string(), version: fc.nat(), type: fc.string(), schema: fc.nat(), recordedAt: fc.string(), meta: fc.string(), data: fc.string() });
    fc.assert(fc.property(facts, facts, (one, other) => {
      expect(encodeLeaf('l', one).equals(encodeLeaf('l', other))).toBe(JSON.stringify(one) === JSON.stringify(other));
    }));
    const leaf = encodeLeaf('l', fact);
    for (let length = 0; length < leaf.length; length += 1) expect(() => decodeLeaf(leaf.subarray(0, length))).toThrow(expect.objectContaining({ code: 'evidence.leaf-unreadable' }));
    expect(() => decodeLeaf(Buffer.concat([leaf, Buffer.alloc(4)]))).toThrow(expect.objectContaining({ code: 'evidence.leaf-unreadable' }));
  });
});
