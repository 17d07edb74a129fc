import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { dropFiles } from '../helpers/dropFiles.ts';
import { builtDesktop, repository } from '../shell/builtDesktop.ts';
import { startServer, type Server } from './server.ts';
import type { Browser, BrowserContext, Page } from '@playwright/test';

/** Where a person works in a test: a home of its own, the application, and a window of it. */
export interface Place {
  /** Which door the application is used through, for reports. */
  readonly door: 'browser' | 'Electron' | 'stand-in';
  readonly home: string;
  readonly page: Page;
  /** A real drag of real files and folders onto an element. */
  readonly drop: (selector: string, paths: readonly string[]) => Promise<void>;
}

/** Through the browser door. */
export interface BrowserPlace extends Place {
  readonly server: Server;
  readonly context: BrowserContext;
  /** Another window of the same browser, which knows who it is. */
  readonly openWindow: (hash?: string) => Promise<Page>;
  /** Ends the server as told and starts it again at its port; pages are left alone. */
  readonly restart: (end: 'stop' | 'kill', between?: () => Promise<void>) => Promise<void>;
}

const shots = join(repository, 'out', 'e2e');

/** A folder for a test that a person may choose folders in, removed at its end. */
export function temporaryHome(): string {
  const home = mkdtempSync(join(realpathSync(tmpdir()), 'genoise-test-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true, maxRetries: 5 }));
  return home;
}

/**
 * Starts the application for browsers and opens it in one. All of it ends with the test; where that fails, a picture of
 * the window and what the server said are kept. An error that a page did not catch, or that broke its policy, fails it.
 */
export async function openPlace(
  browser: Browser,
  { theme = 'light' }: { readonly theme?: 'light' | 'dark' } = {},
): Promise<BrowserPlace> {
  await builtDesktop();
  const home = temporaryHome();
  let server = await startServer({ home });
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    colorScheme: theme,
    reducedMotion: 'reduce',
  });
  const errors = watchErrors(context);
  const page = await context.newPage();
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail') await keepShot(page, task.name, server.said());
    await context.close();
    await server.kill();
    if (errors.length > 0) throw new Error(`a page had errors: ${errors.join('\n')}`);
  });
  await page.goto(server.address);
  return {
    door: 'browser',
    ...{ home, page, context },
    get server() {
      return server;
    },
    drop: (selector, paths) => dropFiles(page, selector, paths),
    async openWindow(hash = '') {
      const opened = await context.newPage();
      await opened.goto(`${server.origin}/${hash}`);
      return opened;
    },
    async restart(end, between) {
      await server[end]();
      await between?.();
      server = await startServer({ home, port: server.port });
    },
  };
}

/** What pages of a window did not expect. Connections that are refused while a server is away are none of it. */
function watchErrors(context: BrowserContext): readonly string[] {
  const errors: string[] = [];
  context.on('weberror', (error) =>
    errors.push((error.error().stack ?? error.error().message).split('\n').slice(0, 4).join('\n')),
  );
  context.on('console', (message) => {
    if (
      message.type() !== 'error' ||
      /WebSocket connection|Failed to load resource|blocked by CORS policy/.test(message.text())
    )
      return;
    errors.push(message.text());
  });
  return errors;
}

async function keepShot(page: Page, test: string, said: string): Promise<void> {
  mkdirSync(shots, { recursive: true });
  const file = join(shots, `${test.replace(/\W+/g, '-')}.png`);
  await page.screenshot({ path: file }).catch(() => undefined);
  console.error(`The window as it was: ${file}${said === '' ? '' : `\nThe server said: ${said}`}`);
}
