import { createHmac, hkdfSync } from 'node:crypto';
import { Refusal } from '#kernel';
import type { KeyVault, Sealed } from '#kernel';
import { openBytes, sealBytes } from './bytes.js';

/** Names under which sealed texts stand in facts. They are bound to the ciphertext, so a text cannot be moved to another field. */
export type SealedField = 'reporter' | 'description' | 'address' | 'note';

export interface SealedText {
  readonly incidentId: string;
  readonly field: SealedField;
  readonly text: Sealed;
}

/** What people say in a report about themselves and the matter. */
export interface PersonalTexts {
  readonly reporter?: { readonly name: string; readonly telephone?: string };
  readonly description?: string;
  readonly address?: string;
  readonly note?: string;
}

/** A key of its own for every use of one secret. */
export const keyFrom = (secret: Uint8Array, use: string): Buffer => Buffer.from(hkdfSync('sha256', secret, new Uint8Array(0), use, 32));

/** Digits only, without the country code of China: how one person's number is always written. */
const plainTelephone = (telephone: string): string => telephone.replace(/[^\d+]/g, '').replace(/^(\+|00)86/, '');

const contextOf = (incidentId: string, field: SealedField): string => `${incidentId}\u0000${field}`;

/**
 * 封存 What people say about themselves and others is sealed at the door, before it becomes part of a command, under a key that
 * belongs to one subject and can be erased: the person who reported, where the telephone is known, else the incident itself.
 */
export class Sealer {
  private readonly subjectKey: Buffer;

  constructor(
    private readonly vault: KeyVault,
    secret: Uint8Array,
  ) {
    this.subjectKey = keyFrom(secret, 'subject of a person');
  }

  /** The same for every report of one telephone, and no way back to it without the secret. */
  personSubject(telephone: string): string {
    return `person:${createHmac('sha256', this.subjectKey).update(plainTelephone(telephone)).digest('hex').slice(0, 40)}`;
  }

  incidentSubject(incidentId: string): string {
    return `incident:${incidentId}`;
  }

  /**
   * Seals the texts of one incident under one key; fields without text stay away. A person who was erased and reports again is sealed
   * under the new incident, since an erased subject never gets a key again. Refuses with `subject.erased` when the incident itself is.
   */
  async seal(incidentId: string, texts: Readonly<Partial<Record<SealedField, string | undefined>>>, telephone?: string): Promise<Partial<Record<SealedField, Sealed>>> {
    const wanted = Object.entries(texts).filter((entry): entry is [SealedField, string] => entry[1] !== undefined && entry[1] !== '');
    if (wanted.length === 0) return {};
    const { keyId, key } = await this.keyFor(incidentId, telephone);
    const sealed: Partial<Record<SealedField, Sealed>> = {};
    for (const [field, text] of wanted) sealed[field] = { keyId, sealed: sealBytes(key, text, contextOf(incidentId, field)).toString('base64url') };
    return sealed;
  }

  /** Everything personal of a report, under one subject: the person, where the telephone is known. */
  sealReport(incidentId: string, { reporter, description, address, note }: PersonalTexts): Promise<Partial<Record<SealedField, Sealed>>> {
    const person = reporter === undefined ? undefined : JSON.stringify({ name: reporter.name, telephone: reporter.telephone });
    return this.seal(incidentId, { reporter: person, description, address, note }, reporter?.telephone);
  }

  /** In the order asked; null for what cannot be read any more. All keys are fetched in one go. */
  async open(texts: readonly SealedText[]): Promise<readonly (string | null)[]> {
    if (texts.length === 0) return [];
    const keys = await this.vault.keys([...new Set(texts.map(({ text }) => text.keyId))]);
    return texts.map(({ incidentId, field, text }) => {
      const key = keys.get(text.keyId);
      if (!key) return null;
      return openBytes(key, Buffer.from(text.sealed, 'base64url'), contextOf(incidentId, field))?.toString('utf8') ?? null;
    });
  }

  private async keyFor(incidentId: string, telephone: string | undefined): Promise<{ readonly keyId: string; readonly key: Uint8Array }> {
    if (telephone !== undefined && plainTelephone(telephone) !== '') {
      try {
        return await this.vault.keyFor(this.personSubject(telephone));
      } catch (reason) {
        if (!(reason instanceof Refusal) || reason.code !== 'subject.erased') throw reason;
      }
    }
    return this.vault.keyFor(this.incidentSubject(incidentId));
  }
}
