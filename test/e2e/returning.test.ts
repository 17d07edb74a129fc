import { join } from 'node:path';
import { afterAll, beforeAll, it } from 'vitest';
import { writeSampleImages } from '../../main/importer/sampleImages.ts';
import { chromiumBrowser, launchChromium } from '../helpers/chromium.ts';
import { describeWith } from '../helpers/requirement.ts';
import { choosePretraining } from './mainPath.ts';
import { openPlace, type BrowserPlace } from './place.ts';
import { cells, classCount, expect, goTo, importFolder, labelWithNewClass, nameClasses } from './steps.ts';
import type { Browser } from '@playwright/test';

/** A machine that is busy with other tests takes long to start the application anew. */
const patient = { timeout: 180_000 };

describeWith(chromiumBrowser, 'nothing is lost', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  async function imported(count = 24): Promise<BrowserPlace> {
    const place = await openPlace(browser);
    const folder = join(place.home, 'Figures');
    await writeSampleImages(folder, { count, seed: 1, side: 32 });
    await importFolder(place, folder, count);
    return place;
  }

  it('shows what another window did, and is the same after the server was killed', patient, async () => {
    const { page, openWindow, restart } = await imported();
    const other = await openWindow();
    await expect(cells(other).nth(3)).toBeVisible();
    await labelWithNewClass(page, 3, 'Star');
    await expect(cells(other).nth(3)).toHaveAccessibleName(/labelled Star/);
    await labelWithNewClass(other, 5, 'Ring');
    await expect(cells(page).nth(5)).toHaveAccessibleName(/labelled Ring/);
    await other.close();

    await page.evaluate(() => Object.assign(globalThis, { sameDocument: true }));
    await restart('kill', async () => {
      await expect(page.getByText('Connecting to Genoise…')).toBeVisible();
    });
    await labelWithNewClass(page, 4, 'Square');
    await expect(cells(page).nth(3)).toHaveAccessibleName(/labelled Star/);
    await expect.poll(() => page.evaluate(() => 'sameDocument' in globalThis)).toBe(true);
  });

  it('takes answers back that were given before a restart', patient, async () => {
    const { page, restart } = await imported();
    await goTo(page, 'Label');
    await nameClasses(page, ['Star', 'Ring']);
    const asked = page.locator('.one .path');
    const first = await asked.textContent();
    await page.keyboard.press('1');
    await expect(classCount(page, 'Star')).toContainText('1 to learn from');
    await page.keyboard.press('2');
    await expect(classCount(page, 'Ring')).toContainText('1 to learn from');
    await restart('stop');
    await expect(page.getByText('Connecting to Genoise…')).toBeHidden();
    await page.reload();
    await expect(classCount(page, 'Ring')).toContainText('1 to learn from');
    await page.keyboard.press('Control+z');
    await expect(classCount(page, 'Ring')).toContainText('0 to learn from');
    await page.keyboard.press('Control+z');
    await expect(classCount(page, 'Star')).toContainText('0 to learn from');
    await expect(asked).toHaveText(first ?? '');
    await page.keyboard.press('Control+Shift+z');
    await expect(classCount(page, 'Star')).toContainText('1 to learn from');
  });

  it(
    'shows the whole curve again when the page is reloaded in mid-training',
    { timeout: 240_000 },
    async () => {
      const { page } = await imported(48);
      await choosePretraining(page, 2000);
      await page.getByRole('button', { name: 'Start pretraining' }).click();
      const curve = page.getByRole('img', { name: /^The loss, from \d/ });
      await expect(curve).toBeVisible({ timeout: 60_000 });
      const began = /from ([\d.]+) at the beginning/.exec(
        (await curve.getAttribute('aria-label')) ?? '',
      )?.[1];
      await page.reload();
      await expect(page.getByRole('heading', { name: 'Learning from your images' })).toBeVisible();
      await expect(curve).toHaveAccessibleName(new RegExp(`from ${began} at the beginning`));
      // By key: a busy page takes long to find its buttons at rest.
      await page.getByRole('button', { name: 'Stop and keep' }).press('Enter');
      await expect(page.getByText('The encoder has learned from your images.')).toBeVisible({
        timeout: 60_000,
      });
      await expect(curve).toHaveAccessibleName(new RegExp(`from ${began} at the beginning`));
    },
  );
});
