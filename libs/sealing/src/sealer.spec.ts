import { describe, expect, it } from '@jest/globals';
import { MemoryKeyVault } from '#memory';
import { openBytes, sealBytes } from './bytes.js';
import { Sealer } from './sealer.js';

const secret = new Uint8Array(32).fill(1);
const one = '0190a0f0-0000-4000-8000-000000000001';
const other = '0190a0f0-0000-4000-8000-000000000002';

describe('sealing bytes', () => {
  const key = new Uint8Array(32).fill(3);

  it('opens under the same key and context only', () => {
    const sealed = sealBytes(key, '案情', 'here');
    expect(openBytes(key, sealed, 'here')?.toString('utf8')).toBe('案情');
    expect(openBytes(key, sealed, 'there')).toBeNull();
    expect(openBytes(new Uint8Array(32).fill(4), sealed, 'here')).toBeNull();
  });

  it('notices every changed byte', () => {
    const sealed = sealBytes(key, 'text', 'here');
    for (let index = 0; index < sealed.length; index += 1) {
      const touched = Buffer.from(sealed);
      touched[index] = (touched[index] as number) ^ 1;
      expect(openBytes(key, touched, 'here')).toBeNull();
    }
    expect(openBytes(key, sealed.subarray(0, 20), 'here')).toBeNull();
  });

  it('never seals the same text to the same bytes', () => {
    expect(sealBytes(key, 'text', 'here').equals(sealBytes(key, 'text', 'here'))).toBe(false);
  });
});

describe('sealing what persons say', () => {
  it('opens for whoever has the key, and only where it stood', async () => {
    const sealer = new Sealer(new MemoryKeyVault(), secret);
    const { description, note } = await sealer.seal(one, { description: '三楼漏水', note: undefined });
    expect(note).toBeUndefined();
    if (!description) throw new Error('nothing was sealed');
    expect(await sealer.open([
      { incidentId: one, field: 'description', text: description }, { incidentId: other, field: 'description', text: description }, { incidentId: one, field: 'note', text: description },
    ])).toEqual(['三楼漏水', null, null]);
  });

  it('takes one key for all texts of a report', async () => {
    const { description, address, reporter } = await new Sealer(new MemoryKeyVault(), secret).seal(one, { description: 'a', address: 'b', reporter: 'c' });
    expect(new Set([description?.keyId, address?.keyId, reporter?.keyId]).size).toBe(1);
  });

  it('knows a person by the telephone, however it is written, and shows nobody the number', () => {
    const sealer = new Sealer(new MemoryKeyVault(), secret);
    const subject = sealer.personSubject('13812345678');
    for (const written of ['+86 138 1234 5678', '138-1234-5678', '008613812345678', ' 13812345678']) expect(sealer.personSubject(written)).toBe(subject);
    expect(sealer.personSubject('13812345679')).not.toBe(subject);
    expect(new Sealer(new MemoryKeyVault(), new Uint8Array(32)).personSubject('13812345678')).not.toBe(subject);
    expect(subject).not.toContain('5678'.repeat(2));
    expect(subject).toMatch(/^person:[0-9a-f]{40}$/);
  });

  it('seals a person\'s reports under the person\'s own key, so that one erasure reaches all of them', async () => {
    const vault = new MemoryKeyVault();
    const sealer = new Sealer(vault, secret);
    const telephone = '13812345678';
    const first = (await sealer.seal(one, { description: 'a' }, telephone)).description;
    const second = (await sealer.seal(other, { description: 'b' }, telephone)).description;
    if (!first || !second) throw new Error('nothing was sealed');
    expect(first.keyId).toBe(second.keyId);
    await vault.erase(sealer.personSubject(telephone));
    expect(await sealer.open([{ incidentId: one, field: 'description', text: first }, { incidentId: other, field: 'description', text: second }])).toEqual([null, null]);
  });

  it('takes a new report of an erased person under the incident\'s own key', async () => {
    const vault = new MemoryKeyVault();
    const sealer = new Sealer(vault, secret);
    await sealer.seal(one, { description: 'a' }, '13812345678');
    await vault.erase(sealer.personSubject('13812345678'));
    const { description } = await sealer.seal(other, { description: 'b' }, '13812345678');
    if (!description) throw new Error('nothing was sealed');
    expect(await sealer.open([{ incidentId: other, field: 'description', text: description }])).toEqual(['b']);
  });

  it('asks for no key where there is nothing to seal', async () => {
    const never = { keyFor: () => Promise.reject(new Error('asked')), keys: () => Promise.reject(new Error('asked')), erase: () => Promise.resolve(false) };
    const sealer = new Sealer(never, secret);
    expect(await sealer.seal(one, { description: '', note: undefined })).toEqual({});
    expect(await sealer.open([])).toEqual([]);
  });
});
