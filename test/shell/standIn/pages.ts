import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromiumExecutable } from '../../helpers/chromiumExecutable.ts';
import { app } from './app.ts';
import { answerAddress, ipcHandlers } from './handlers.ts';
import { pageScript } from './pageElectron.ts';
import { received } from './received.ts';
import { session } from './session.ts';
import type { EventEmitter } from 'node:events';
import type { BrowserContext, Frame, Page, Route } from '@playwright/test';

/** A page of the stand-in's window. */
export interface StandInPage {
  tell(channel: string, value: unknown): void;
  reload(): Promise<void>;
}

interface Contents extends EventEmitter {
  readonly mainFrame: { url: string };
}

/** A stock Chromium knows no `app:`; its pages are shown it under an address that never leaves this process. */
const shownOrigin = 'http://genoise.localhost';
const ownOrigin = 'app://genoise';

const toShown = (url: string): string => url.replace(ownOrigin, shownOrigin);
const toOwn = (url: string): string => url.replace(shownOrigin, ownOrigin);

/** Opens an address in a window of Chromium with its preload; null where the stand-in is to open no pages. */
export async function openPage(
  address: string,
  preload: string,
  contents: Contents,
): Promise<StandInPage | null> {
  if (process.env.STAND_IN_PAGES !== 'true') return null;
  const context = await openBrowser(preload, contents);
  let page = context.pages()[0] ?? (await context.newPage());
  const watch = (watched: Page): void => {
    watched.on('framenavigated', (frame) => {
      if (frame === watched.mainFrame()) contents.mainFrame.url = toOwn(frame.url());
    });
    watched.on('crash', () => contents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 5 }));
  };
  watch(page);
  await page.goto(toShown(address));
  return {
    tell: (channel, value) =>
      void page
        .evaluate(([to, what]) => (globalThis as unknown as Told).standInTell(to, what), [
          channel,
          value,
        ] as const)
        // It has been closed, or is on its way to being loaded again.
        .catch(() => undefined),
    async reload() {
      // Playwright can do nothing more with a page that crashed: another one takes its place.
      const crashed = page;
      page = await context.newPage();
      watch(page);
      await page.goto(toShown(contents.mainFrame.url));
      await crashed.close();
    },
  };
}

const open: BrowserContext[] = [];

/** Ends the browser. */
export async function closePages(): Promise<void> {
  for (const context of open.splice(0)) await context.close();
}

interface Told {
  standInTell(channel: string, value: unknown): void;
}

async function openBrowser(preload: string, contents: Contents): Promise<BrowserContext> {
  // Loaded only where pages are opened: it takes a moment.
  const { chromium } = await import('@playwright/test');
  const profile = join(app.getPath('userData'), 'Chromium');
  const context = await chromium.launchPersistentContext(profile, {
    ...(chromiumExecutable !== undefined && { executablePath: chromiumExecutable }),
    headless: true,
    viewport: { width: 1280, height: 860 },
    args: [
      '--no-sandbox',
      '--remote-debugging-port=0',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  await context.route(() => true, serve);
  await context.exposeBinding('standInInvoke', ({ frame }, channel: string, given: unknown[]) =>
    invoke(contents, frame, channel, given),
  );
  await context.addInitScript(pageScript(readFileSync(preload, 'utf8')));
  open.push(context);
  process.send?.({ kind: 'browser', port: portOf(profile) });
  return context;
}

/** Where other clients, the tests, can reach the same browser. */
function portOf(profile: string): number {
  return Number(readFileSync(join(profile, 'DevToolsActivePort'), 'utf8').split('\n')[0]);
}

async function serve(route: Route): Promise<void> {
  const url = toOwn(route.request().url());
  if (!(await session.defaultSession.allows(url))) {
    await route.abort();
    return;
  }
  if (!/^(app|image):/.test(url)) received.leaked.push(url);
  const response = await answerAddress(url, route.request().method());
  const headers = Object.fromEntries(response.headers);
  const body = Buffer.from(await response.arrayBuffer());
  await route.fulfill({ status: response.status, headers, body });
}

async function invoke(contents: Contents, frame: Frame, channel: string, given: unknown[]): Promise<unknown> {
  const handler = ipcHandlers.get(channel);
  if (handler === undefined) throw new Error(`nobody answers ${channel}`);
  const own = frame.parentFrame() === null;
  const senderFrame = own ? contents.mainFrame : { url: toOwn(frame.url()) };
  return structuredClone(await handler({ sender: contents, senderFrame }, ...given));
}
