import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

/** The application fails by throwing too, and whoever opens the door says it in a sentence. */
const thrownToo = 'NestApplication';

/** What the framework says about itself, in the engine's own log. */
export const nestLogger = (log: Logger): LoggerService => ({
  log: (message: unknown, context?: unknown) => log.debug({ context }, String(message)),
  error: (message: unknown, trace?: unknown, context?: unknown) => log[context === thrownToo ? 'debug' : 'error']({ context, trace }, String(message)),
  warn: (message: unknown, context?: unknown) => log.warn({ context }, String(message)),
  debug: (message: unknown, context?: unknown) => log.debug({ context }, String(message)),
  verbose: (message: unknown, context?: unknown) => log.trace({ context }, String(message)),
  fatal: (message: unknown, context?: unknown) => log.fatal({ context }, String(message)),
});
