import { Conflict, Refusal, Unavailable } from '#kernel';

/** Runs `stop` once at the first Ctrl-C or SIGTERM and ends the process when it is done; a second Ctrl-C ends it at once. */
export const stopOnSignals = (stop: () => Promise<void>): void => {
  let stopping = false;
  const onSignal = (): void => {
    if (stopping) process.exit(130);
    stopping = true;
    stop().then(() => process.exit(0), (error: unknown) => {
      explain(error);
      process.exit(1);
    });
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
};

/** Says what went wrong in words for people: a no by its sentence and code, a defect with its trace. */
export const explain = (error: unknown): void => {
  if (error instanceof Refusal) {
    const problems = error.details['problems'];
    const lines = Array.isArray(problems) ? problems.slice(0, 20).map((problem) => `  ${problemText(problem)}`) : [];
    process.stderr.write(`${[`${error.message} [${error.code}]`, ...lines].join('\n')}\n`);
    return;
  }
  if (error instanceof Unavailable || error instanceof Conflict) {
    process.stderr.write(`${error.message} [${error.code}]\n`);
    return;
  }
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
};

const problemText = (problem: unknown): string => {
  const { file, line, field, code, message } = problem as Record<string, string | number | null>;
  return `${[file, line, field].filter((part) => part !== null && part !== undefined).join(':')} ${message} [${code}]`;
};
