import { CommanderError } from 'commander';
import { genoiseError } from '../../shared/errors.ts';
import { makeProgram } from './program.ts';
import { openTerminal } from './terminal.ts';

const wrongUsageStatus = 1;

/**
 * Runs the command that `argv` names (Node's own: two words before it), and sets the exit status. What the parser
 * refuses is told as every other failure is, also in JSON.
 */
export async function runProgram(argv: readonly string[]): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe);
  try {
    await makeProgram().parseAsync([...argv]);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? 0 : wrongUsageStatus;
    // Help was asked for, or shown because no command was named.
    if (error.code === 'commander.help' || error.exitCode === 0) return;
    openTerminal(argv.includes('--json')).failure(usageError(error, argv));
  }
}

function usageError({ message }: CommanderError, argv: readonly string[]): Error {
  const command = makeProgram().commands.find((each) => each.name() === argv[2]);
  const help = ['genoise', ...(command ? [command.name()] : []), '--help'].join(' ');
  const [problem] = message.replace(/^error: /, '').split('\n');
  return genoiseError('usage', { problem: problem.replace(/\.$/, ''), help });
}

/** Who reads us, such as `head`, may stop listening before we end: what is being done is done all the same. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
