const textOid = 25;
const headerBytes = 20;

/**
 * A `text[]` in PostgreSQL's binary form. As text, every quote of every JSON value would be escaped here and unescaped there.
 */
export const textArray = (values: readonly (string | null)[]): Buffer => {
  // A UTF-16 unit never takes more than three bytes of UTF-8.
  let room = headerBytes;
  for (const value of values) room += 4 + (value === null ? 0 : value.length * 3);
  const buffer = Buffer.allocUnsafe(room);
  buffer.writeInt32BE(values.length === 0 ? 0 : 1, 0);
  buffer.writeInt32BE(1, 4);
  buffer.writeInt32BE(textOid, 8);
  if (values.length === 0) return buffer.subarray(0, 12);
  buffer.writeInt32BE(values.length, 12);
  buffer.writeInt32BE(1, 16);
  let at = headerBytes;
  for (const value of values) {
    const bytes = value === null ? -1 : buffer.write(value, at + 4, 'utf8');
    buffer.writeInt32BE(bytes, at);
    at += 4 + Math.max(bytes, 0);
  }
  return buffer.subarray(0, at);
};
