import { GenoiseError, errorToPlain } from '../../shared/errors.ts';
import { openTerminal, type Terminal } from './terminal.ts';

/** What a command's body gets. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** Aborted by the first Ctrl-C (or SIGTERM); a second one ends the process at once. */
  readonly signal: AbortSignal;
}

const interruptedStatus = 130;

/**
 * Runs a command's body with a terminal and a signal, and turns what it throws into a sentence, a remedy and an exit
 * status: 0 only on success, 130 when it was interrupted.
 */
export async function runCommand(
  options: { readonly json?: boolean },
  body: (context: CommandContext) => Promise<void> | void,
): Promise<void> {
  const terminal = openTerminal(options.json === true);
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(interruptedStatus);
    terminal.line('Stopping: saving what is done. Press Ctrl-C again to end at once.');
    controller.abort();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  try {
    await body({ terminal, signal: controller.signal });
  } catch (error) {
    process.exitCode = controller.signal.aborted ? interruptedStatus : 1;
    const plain = errorToPlain(error);
    if (!(error instanceof GenoiseError) && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    terminal.failure(plain.message, plain.remedy, { error: plain });
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}
