import { generateKeyPairSync, sign } from 'node:crypto';

/** A part of a certificate in DER (X.690): its tag, its length, its content. */
const der = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
};

const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
const bytes = (...values: readonly number[]): Buffer => Buffer.from(values);
/** 1.2.840.10045.4.3.2, ECDSA with SHA-256. */
const ecdsaWithSha256 = sequence(der(0x06, bytes(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02)));
/** 2.5.4.3, the common name. */
const nameOf = (text: string): Buffer => sequence(der(0x31, sequence(der(0x06, bytes(0x55, 0x04, 0x03)), der(0x0c, Buffer.from(text)))));
const timeOf = (moment: number): Buffer => der(0x17, Buffer.from(`${new Date(moment).toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`));
const pem = (name: string, content: Uint8Array): string => `-----BEGIN ${name}-----\n${(Buffer.from(content).toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END ${name}-----\n`;

const hourMs = 3_600_000;

/** The names of this machine that a certificate can be good for. */
const altNames = { localhost: der(0x82, Buffer.from('localhost')), '127.0.0.1': der(0x87, bytes(127, 0, 0, 1)) } as const;

/** A certificate of this machine for a day (RFC 5280), signed by itself, made anew for each test; and its key. */
export const selfSigned = (hosts: readonly (keyof typeof altNames)[] = ['localhost', '127.0.0.1']): { readonly certificate: string; readonly key: string } => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const now = Date.now();
  // 2.5.29.17, the names that it is good for.
  const names = sequence(der(0x06, bytes(0x55, 0x1d, 0x11)), der(0x04, sequence(...hosts.map((host) => altNames[host]))));
  const content = sequence(
    der(0xa0, der(0x02, bytes(2))), der(0x02, bytes(1)), ecdsaWithSha256, nameOf('threeloops test'),
    sequence(timeOf(now - hourMs), timeOf(now + 24 * hourMs)), nameOf('threeloops test'),
    publicKey.export({ type: 'spki', format: 'der' }), der(0xa3, sequence(names)),
  );
  const certificate = sequence(content, ecdsaWithSha256, der(0x03, bytes(0), sign('sha256', content, privateKey)));
  return { certificate: pem('CERTIFICATE', certificate), key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
};
