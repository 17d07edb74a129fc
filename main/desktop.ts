/**
 * The desktop program: its window, or, where its arguments name a command, that command. It stands above the doors,
 * as each of them may only know the application.
 */
import { programArguments } from './shell/programArguments.ts';

const { defaultApp } = process as { readonly defaultApp?: boolean };
const given = programArguments(process.argv, defaultApp === true);

if (await namesCommand(given)) {
  const { runCommandLine } = await import('./shell/runCommandLine.ts');
  const { runProgram } = await import('./cli/runProgram.ts');
  void runCommandLine(() => runProgram(['genoise', 'genoise', ...given]));
} else {
  const { startShell } = await import('./shell/index.ts');
  // Not awaited: Electron is ready only once this module has ended.
  startShell(given).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
}

/** A command, or a question that only the command line answers. */
async function namesCommand([first]: readonly string[]): Promise<boolean> {
  if (first === undefined) return false;
  if (['help', '--help', '-h', '--version', '-V'].includes(first)) return true;
  const { makeProgram } = await import('./cli/program.ts');
  return makeProgram().commands.some((command) => command.name() === first);
}
