import { resolve } from 'node:path';
import { GenoiseError } from '../../shared/errors.ts';
import { applicationFolders } from '../app/applicationFolders.ts';
import { createApplication } from '../app/application.ts';
import { ask } from '../app/ask.ts';
import { doorSecret } from './doorSecret.ts';
import { openRememberedProject, rememberOpenProject } from './openProject.ts';
import { isLoopback } from './requestOrigin.ts';
import { createWebDoor, type WebDoor, type WebDoorOptions } from './webDoor.ts';

export interface ServeOptions {
  /** Null: the usual one, or any other when that is taken. */
  readonly port: number | null;
  readonly host: string;
  /** A project to open at once; null: the one that was open when the server ended. */
  readonly project: string | null;
  readonly staticFolder: string;
}

/** Where a server speaks. */
export interface ServeTerminal {
  line(text: string): void;
  note(text: string): void;
}

/** The same one each time, so that an address can be kept and an open page finds its way back. */
const usualPort = 8417;

/**
 * Runs the application for browsers until the signal, and then stops its jobs, which save what they have.
 * @throws port-in-use, cannot-listen; as `project.open`
 */
export async function serveBrowser(
  options: ServeOptions,
  terminal: ServeTerminal,
  signal: AbortSignal,
): Promise<void> {
  const folders = applicationFolders();
  const application = createApplication({ ...folders, door: 'browser' });
  try {
    const open = rememberOpenProject(application, folders.dataFolder);
    if (options.project === null) await openRememberedProject(application, folders.dataFolder);
    else await ask(application, 'project.open', { folder: resolve(options.project) });
    const { host, staticFolder } = options;
    const door = await openDoor(options.port, (port) =>
      createWebDoor(application, { port, host, staticFolder, secret: doorSecret(folders.dataFolder) }),
    );
    terminal.line('Open this address in a browser on this machine (Ctrl+C ends Genoise):');
    terminal.line(door.address);
    if (!isLoopback(host)) {
      terminal.note(
        'Other machines reach it too, and what is sent is not encrypted: use it in a network that you trust.',
      );
    }
    await ended(signal);
    open.stop();
    // The pages see their jobs stop.
    await application.close();
    await door.close();
  } finally {
    await application.close();
  }
}

async function openDoor(
  port: WebDoorOptions['port'] | null,
  open: (port: number) => Promise<WebDoor>,
): Promise<WebDoor> {
  if (port !== null) return open(port);
  try {
    return await open(usualPort);
  } catch (error) {
    if (error instanceof GenoiseError && error.code === 'port-in-use') return open(0);
    throw error;
  }
}

async function ended(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
