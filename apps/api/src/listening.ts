import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Refusal } from '#kernel';

export interface Host {
  /** Where people reach it. */
  readonly url: string;
  close(): Promise<void>;
}

interface Place {
  readonly host: string;
  readonly port: number;
  /** The setting that says which port. */
  readonly setting: string;
}

/** Lets a server listen. Refuses with `port.in-use` and `port.not-allowed`, and then closes it. */
export const listening = async (app: NestFastifyApplication, { host, port, setting }: Place): Promise<Host> => {
  try {
    await app.listen(port, host);
  } catch (error) {
    await app.close();
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EADDRINUSE') throw new Refusal('port.in-use', `Port ${port} on ${host} is taken by another program; set ${setting} to a free one.`, { port });
    if (code === 'EACCES') throw new Refusal('port.not-allowed', `This user may not listen on port ${port}; set ${setting} to one above 1023.`, { port });
    throw error;
  }
  const address = app.getHttpServer().address() as { readonly port: number };
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return { url: `http://${shown.includes(':') ? `[${shown}]` : shown}:${address.port}`, close: () => app.close() };
};
