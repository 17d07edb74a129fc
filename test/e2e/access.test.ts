import { createServer } from 'node:http';
import { afterAll, beforeAll, expect as expectValue, it, onTestFinished } from 'vitest';
import { chromiumBrowser, launchChromium } from '../helpers/chromium.ts';
import { describeWith } from '../helpers/requirement.ts';
import { openPlace } from './place.ts';
import { dropZone, expect } from './steps.ts';
import type { Browser, Page } from '@playwright/test';

/** A name that somebody has made to point here. */
const rebound = 'rebound.example';

describeWith(chromiumBrowser, 'who is let in', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium([`--host-resolver-rules=MAP ${rebound} 127.0.0.1`]);
  });
  afterAll(() => browser.close());

  it(
    'lets a browser in by the printed address alone, and hears no other page',
    { timeout: 180_000 },
    async () => {
      const { page, context, server, openWindow } = await openPlace(browser);
      await expect(page.locator(dropZone)).toBeVisible();
      expectValue(page.url()).not.toContain('token');
      await expect((await openWindow()).locator(dropZone)).toBeVisible();
      const stranger = await browser.newContext();
      onTestFinished(() => stranger.close());
      const other = await stranger.newPage();
      for (const address of [server.origin, `${server.origin}/?token=wrong`]) {
        await other.goto(address);
        await expect(other.locator('body')).toContainText('Open the address that Genoise printed');
      }
      await expectRefusal(other, server.address);
      expectValue(await stranger.cookies()).toEqual([]);

      // The cookie does not travel to the other name; a browser that brought it would be refused all the same.
      const [cookie] = await context.cookies();
      await stranger.addCookies([{ ...cookie, domain: rebound, sameSite: 'Lax' }]);
      await expectRefusal(other, server.origin);

      const elsewhere = createServer((_request, response) => {
        response.setHeader('content-type', 'text/html').end('<!doctype html><title>Elsewhere</title>');
      });
      await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', () => resolve()));
      onTestFinished(() => void elsewhere.close());
      const address = elsewhere.address();
      const hostile = await context.newPage();
      await hostile.goto(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`);
      const outcome = await hostile.evaluate(async (origin) => {
        const sent = await fetch(`${origin}/upload?batch=12345678&path=a.jpg`, {
          ...{ method: 'POST', mode: 'no-cors', credentials: 'include', body: 'x' },
        }).catch(() => 'refused');
        const read = await fetch(origin, { credentials: 'include' }).catch(() => 'refused');
        const socket = await new Promise((resolve) => {
          const opened = new WebSocket(`${origin.replace('http', 'ws')}/socket`);
          opened.onopen = () => resolve('open');
          opened.onerror = () => resolve('refused');
        });
        return [sent, read, socket];
      }, server.origin);
      expectValue(outcome).toEqual(['refused', 'refused', 'refused']);
      await page.reload();
      await expect(page.getByText('Projects that you make appear here')).toBeVisible();
    },
  );

  /** The name leads to this very server, which does not answer to it, whatever the browser brings. */
  async function expectRefusal(from: Page, address: string): Promise<void> {
    const answer = await from.goto(address.replace('127.0.0.1', rebound));
    expectValue([await answer?.serverAddr(), answer?.status()]).toEqual([
      { ipAddress: '127.0.0.1', port: Number(new URL(address).port) },
      403,
    ]);
    await expect(from.locator('body')).toContainText('Genoise is not at this address');
  }
});
