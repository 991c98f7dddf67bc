import type { Logger } from 'pino';
import type { Engine, Settings } from '#assembly';

interface Work {
  /** Where it says how it is; null where no port was asked for. */
  readonly url: string | null;
  /** Ends the work, then the engine, and last of all the address: until then it says that the engine is on its way out. */
  close(): Promise<void>;
}

/** Begins the durable processes of an engine, and before them the address that says how they are. Closes the engine when that cannot be opened. */
export const beginWork = async (engine: Engine, settings: Settings, log: Logger): Promise<Work> => {
  try {
    // Loaded only where it is asked for: a worker without an address carries no server.
    const watch = settings.watchPort === undefined ? null : await (await import('../../api/src/watch-host.js')).openWatch(engine, settings, settings.watchPort, log);
    engine.watchReference();
    engine.startWork();
    return {
      url: watch?.url ?? null,
      close: async () => {
        try {
          await engine.close();
        } finally {
          await watch?.close();
        }
      },
    };
  } catch (error) {
    await engine.close();
    throw error;
  }
};
