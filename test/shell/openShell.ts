import { fork, type ChildProcess } from 'node:child_process';
import { basename, join } from 'node:path';
import { _electron, chromium, type Browser, type Page } from '@playwright/test';
import { findDesktop } from '../../main/startDesktop.ts';
import { dropFiles } from '../helpers/dropFiles.ts';
import { repository } from './builtDesktop.ts';
import type { Received } from './standIn/received.ts';

export interface ShellOptions {
  /** Where settings, recent projects and the window's place are kept; two shells with the same one know each other. */
  readonly dataFolder: string;
  /** Takes the place of the user's home. */
  readonly home: string;
  /** What a person would type behind the program's name. */
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** The desktop application, running. */
export interface OpenShell {
  /** Which Electron it runs in: the real one, where its executable is, or the stand-in. */
  readonly engine: 'Electron' | 'stand-in';
  /** The window's page, as it is now: another one after a crash. */
  readonly page: Page;
  /** Drops real files and folders on the middle of an element, by a drag of Chromium's. */
  drop(selector: string, paths: readonly string[]): Promise<void>;
  /** Closes the window as a person would. Where something runs, the question is answered with `stop` (or not). */
  closeWindow(answer?: 'stop' | 'keep'): Promise<void>;
  /** Closes it, whatever runs, and waits for its end. */
  close(): Promise<void>;
  /** Ends the main process at once, as a crash would. */
  kill(): Promise<void>;
  readonly exited: Promise<void>;
}

/** A stand-in's shell can be asked for more. */
export interface StandInShell extends OpenShell {
  readonly process: ChildProcess;
  received(): Promise<Received>;
  answerBox(button: number): void;
}

/** Where a downloaded Electron lies; null where none is. */
export function electronExecutable(): string | null {
  const desktop = findDesktop(repository);
  return desktop.kind === 'found' ? desktop.binary : null;
}

/** Opens the desktop application that `builtDesktop` built: in Electron where that is, else in the stand-in. */
export async function openShell(options: ShellOptions): Promise<OpenShell> {
  const executable = electronExecutable();
  return executable === null ? openStandIn(options) : openElectron(executable, options);
}

async function openElectron(executablePath: string, options: ShellOptions): Promise<OpenShell> {
  const { dataFolder, home, args = [], environment = {} } = options;
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const application = await _electron.launch({
    executablePath,
    args: [repository, ...sandbox, `--user-data-dir=${join(dataFolder, 'electron')}`, ...args],
    env: { ...process.env, GENOISE_DATA: dataFolder, GENOISE_HOME: home, ...environment },
  });
  let page = await application.firstWindow();
  application.on('window', (opened) => (page = opened));
  const exited = new Promise<void>((resolve) => application.once('close', () => resolve()));
  const closeWindow = async (answer: 'stop' | 'keep' = 'stop'): Promise<void> => {
    await application.evaluate(
      ({ dialog, BrowserWindow }, response) => {
        dialog.showMessageBox = () => Promise.resolve({ response, checkboxChecked: false });
        BrowserWindow.getAllWindows()[0]?.close();
      },
      answer === 'stop' ? 0 : 1,
    );
  };
  return {
    engine: 'Electron',
    get page() {
      return page;
    },
    drop: (selector, paths) => dropFiles(page, selector, paths),
    closeWindow,
    close: async () => {
      await closeWindow();
      await exited;
    },
    kill: async () => {
      application.process().kill('SIGKILL');
      await exited;
    },
    exited,
  };
}

/** Starts the built program in Node with the stand-in for `electron`, whose pages are Chromium's. */
export function startStandIn(
  { dataFolder, home, args = [], environment = {} }: ShellOptions,
  { pages, folder = join(repository, 'out') }: { readonly pages: boolean; readonly folder?: string },
): ChildProcess {
  return fork(
    join(folder, 'main/desktop.mjs'),
    [`--user-data-dir=${join(dataFolder, 'electron')}`, ...args],
    {
      execArgv: ['--import', new URL('./standIn/start.ts', import.meta.url).href],
      env: {
        ...process.env,
        GENOISE_DATA: dataFolder,
        GENOISE_HOME: home,
        STAND_IN_PAGES: String(pages),
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  );
}

export async function openStandIn(options: ShellOptions): Promise<StandInShell> {
  const child = startStandIn(options, { pages: true });
  let words = '';
  child.stderr?.on('data', (chunk: Buffer) => (words += chunk.toString()));
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const { port } = await Promise.race([
    nextMessage<{ readonly port: number }>(child, 'browser'),
    exited.then(() => Promise.reject(new Error(`the shell did not open: ${words}`))),
  ]);
  const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
  void exited.then(() => browser.close());
  const page = (): Page => ownPages(browser).at(-1) ?? fail('the window has no page');
  await page().waitForURL(/^http:\/\/genoise\.localhost/);
  const send = (order: object): void => void child.send(order);
  const closeWindow = async (answer: 'stop' | 'keep' = 'stop'): Promise<void> => {
    send({ kind: 'answer-box', button: answer === 'stop' ? 0 : 1 });
    send({ kind: 'close-window' });
  };
  return {
    engine: 'stand-in',
    process: child,
    get page() {
      return page();
    },
    drop: async (selector, paths) => {
      // Electron's preload knows the place of a file; the stand-in's is told it by name.
      const places = Object.fromEntries(paths.map((path) => [basename(path), path]));
      await page().evaluate((known) => Object.assign(globalThis, { standInPaths: known }), places);
      await dropFiles(page(), selector, paths);
    },
    closeWindow,
    close: async () => {
      await closeWindow();
      await exited;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await browser.close();
      await exited;
    },
    received: async () => {
      const answer = nextMessage<{ readonly received: Received }>(child, 'received');
      send({ kind: 'tell-received' });
      return (await answer).received;
    },
    answerBox: (button) => send({ kind: 'answer-box', button }),
    exited,
  };
}

function ownPages(browser: Browser): Page[] {
  return browser.contexts().flatMap((context) => context.pages().filter((page) => !page.isClosed()));
}

function nextMessage<T>(child: ChildProcess, kind: string): Promise<T> {
  return new Promise((resolve) => {
    const hear = (message: { readonly kind: string }): void => {
      if (message.kind !== kind) return;
      child.off('message', hear);
      resolve(message as T);
    };
    child.on('message', hear);
  });
}

function fail(reason: string): never {
  throw new Error(reason);
}
