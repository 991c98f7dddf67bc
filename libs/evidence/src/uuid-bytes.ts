const uuidBytes = 16;
const canonical = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Digits of a UUID in its text before which a hyphen stands, counted by bytes. */
const groups = [0, 4, 6, 8, 10, 16];

/** Puts a UUID, in lower case, into sixteen bytes. Throws an ordinary error for any other text: it could not be read back as it was. */
export const putUuid = (bytes: Buffer, at: number, uuid: string): void => {
  if (!canonical.test(uuid)) throw new Error(`"${uuid}" is no UUID in lower case`);
  bytes.write(uuid.replaceAll('-', ''), at, uuidBytes, 'hex');
};

export const uuidAt = (bytes: Buffer, at: number): string => groups.slice(1).map((end, index) => bytes.toString('hex', at + (groups[index] as number), at + end)).join('-');
