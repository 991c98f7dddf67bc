import { once } from 'node:events';
import { join } from 'node:path';
import { ed25519Signer, formatKey, witnessKey, writeDurably } from '#evidence';
import { Refusal } from '#kernel';
import { witnessServer } from './server.js';
import { witnessSettings } from './settings.js';
import { Witness } from './witness.js';
import { witnessSecret } from './witness-secret.js';

/** npm run start:witness: a witness of our logs, to be run by somebody else on another machine. */
const main = async (): Promise<void> => {
  const { name, folder, logs, host, port } = await witnessSettings(process.env);
  const signer = ed25519Signer(await witnessSecret(folder));
  const key = formatKey(witnessKey(name, signer));
  await writeDurably(join(folder, 'witness.pub'), `${key}\n`);
  const witness = new Witness({ name, signer, logs, folder, nowSeconds: () => Math.floor(Date.now() / 1_000) });
  const server = witnessServer(witness, key, (error) => void process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`));
  server.listen(port, host);
  await once(server, 'listening');
  const { port: taken } = server.address() as { readonly port: number };
  process.stdout.write(`Witness ${name} watches ${new Set(logs.map((log) => log.name)).size} logs at http://${host}:${taken} (memory in ${folder}). Ctrl-C ends it.\nIts key, also in witness.pub: ${key}\n`);
  const stop = (): void => void server.close(() => process.exit(0));
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
};

main().catch((error: unknown) => {
  process.stderr.write(error instanceof Refusal ? `${error.message} [${error.code}]\n` : `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
