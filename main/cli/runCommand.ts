import { openTerminal, type Terminal } from './terminal.ts';

/** What a command's body gets. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** Aborted by the first Ctrl-C (or SIGTERM); a second one ends the process at once. */
  readonly signal: AbortSignal;
}

const failureStatus = 1;
/** As a shell counts it: 128 and the number of the signal. */
const signalStatus = { SIGINT: 130, SIGTERM: 143 } as const;

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
  let stoppedBy: keyof typeof signalStatus | undefined;
  const stop = (by: keyof typeof signalStatus): void => {
    if (stoppedBy !== undefined) process.exit(signalStatus[by]);
    stoppedBy = by;
    terminal.note('Stopping: saving what is done. Press Ctrl-C again to end at once.');
    controller.abort();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  try {
    await body({ terminal, signal: controller.signal });
  } catch (error) {
    process.exitCode = stoppedBy === undefined ? failureStatus : signalStatus[stoppedBy];
    terminal.failure(error);
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}
