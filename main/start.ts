import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { genoiseError } from '../shared/errors.ts';
import { wholeNumber } from './cli/options.ts';
import { runCommand } from './cli/runCommand.ts';
import { openTerminal } from './cli/terminal.ts';
import { buildMissing } from './startBuild.ts';
import { findDesktop, runDesktop } from './startDesktop.ts';
import { serveBrowser } from './web/serveBrowser.ts';

/**
 * `npm start`: builds what is missing and opens the application, in a window of its own where that can be had, else
 * for a browser.
 */
interface Options {
  readonly browser?: true;
  readonly port?: number;
  readonly host?: string;
  readonly project?: string;
}

const root = join(import.meta.dirname, '..');
const staticFolder = join(root, 'out', 'renderer');
const loopback = '127.0.0.1';
// Node keeps here what it makes of our TypeScript: threads and processes start in half the time.
process.env.NODE_COMPILE_CACHE ??= join(root, 'node_modules', '.cache', 'genoise-compiled');

const options = readOptions(process.argv);
if (options !== null) {
  await runCommand({}, async ({ terminal, signal }) => {
    const { browser, port, host, project } = options;
    const wantsBrowser = browser === true || port !== undefined || host !== undefined;
    const desktop = wantsBrowser ? null : findDesktop(root);
    if (desktop?.kind === 'found') {
      await buildMissing(root, 'desktop', (text) => terminal.note(text));
      await runDesktop(desktop, { project: project ?? null, signal });
      return;
    }
    if (desktop !== null) terminal.line(`${desktop.reason} Genoise opens for your browser instead.`);
    await buildMissing(root, 'pages', (text) => terminal.note(text));
    const serve = { port: port ?? null, host: host ?? loopback, project: project ?? null, staticFolder };
    await serveBrowser(serve, terminal, signal);
  });
}

/** Null when there is nothing to start: help was asked for, or the arguments cannot be understood. */
function readOptions(argv: readonly string[]): Options | null {
  const program = new Command('npm start --')
    .description('Opens Genoise.')
    .option('--browser', 'open it for a browser, also where it could have a window of its own')
    .option('--port <number>', 'port of this machine for the browser', wholeNumber(0))
    .option('--host <address>', 'address to listen on; without it only this machine can reach Genoise')
    .option('--project <folder>', 'a project to open')
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
  try {
    return program.parse([...argv]).opts<Options>();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode;
    if (error.exitCode !== 0) openTerminal(false).failure(usageError(error));
    return null;
  }
}

function usageError({ message }: CommanderError): Error {
  const [problem] = message.replace(/^error: /, '').split('\n');
  return genoiseError('usage', { problem: problem.replace(/\.$/, ''), help: 'npm start -- --help' });
}
