import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits, base64url: 43 characters. */
export const newToken = (): string => randomBytes(32).toString('base64url');

const tokenPattern = /^[A-Za-z0-9_-]{43}$/;
export const looksLikeToken = (text: string): boolean => tokenPattern.test(text);

/** Under which a token is stored. A token has all its entropy already, so one plain hash is enough. */
export const hashOfToken = (token: string): string => createHash('sha256').update(token).digest('hex');

const passwordLetters = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Twenty letters in groups of five, without those that are mistaken for others: some 99 bits. */
export const newPassword = (): string => {
  const letters: string[] = [];
  while (letters.length < 20) {
    for (const byte of randomBytes(32)) {
      if (letters.length < 20 && byte < 248) letters.push(passwordLetters[byte % 31] as string);
    }
  }
  return letters.join('').replace(/(.{5})(?=.)/g, '$1-');
};
