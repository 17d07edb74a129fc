import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect as expectValue, it } from 'vitest';
import { writeSampleImages } from '../../main/importer/sampleImages.ts';
import { chromiumBrowser, launchChromium } from '../helpers/chromium.ts';
import { describeWith } from '../helpers/requirement.ts';
import { openPlace } from './place.ts';
import { cells, chooseFolder, dropZone, expect, expectImages } from './steps.ts';
import type { Browser } from '@playwright/test';

/** Three times what it may take on a machine that does nothing else (`npm run bench -- ui`). */
const firstPictureMs = 6000;

describeWith(chromiumBrowser, 'images come in through the browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  it('takes a dragged folder and files beside it, and shows them as they come', async () => {
    const place = await openPlace(browser);
    const folder = join(place.home, 'Figures');
    const files = await writeSampleImages(folder, { count: 48, seed: 1, side: 48 });
    const [single, broken] = [join(place.home, 'alone.jpg'), join(place.home, 'torn.jpg')];
    const bytes = readFileSync(join(folder, files[0] ?? ''));
    writeFileSync(single, Buffer.concat([bytes, Buffer.from('other')]));
    writeFileSync(broken, bytes.subarray(0, 40));
    await expect(place.page.locator(dropZone)).toBeVisible();
    await place.drop(dropZone, [folder, single, broken]);
    await expect(cells(place.page).first().locator('img.there')).toBeVisible();
    await expectImages(place.page, 50);
    await place.page.getByRole('button', { name: '1 file cannot be read' }).click();
    await expect(place.page.getByRole('dialog')).toContainText('torn.jpg');
  });

  it('shows the first of 3,000 pictures soon, whatever is still to come', async () => {
    const { home, page } = await openPlace(browser);
    await manyPhotographs(join(home, 'Camera'), 3000, 48);
    await chooseFolder(page, 'Camera');
    const chosen = performance.now();
    await expect(cells(page).first().locator('img.there')).toBeVisible();
    expectValue(performance.now() - chosen).toBeLessThan(firstPictureMs);
  }, 120_000);

  it('goes on without a folder that vanishes, and takes up the rest when it is back', async () => {
    const { home, page } = await openPlace(browser);
    const images = await manyPhotographs(join(home, 'Camera'), 300);
    await chooseFolder(page, 'Camera');
    await expect(cells(page).first()).toBeVisible();
    renameSync(join(home, 'Camera'), join(home, 'unplugged'));
    const told = page.getByText(/The folder “.*Camera” is not there\./);
    await expect(page.getByRole('progressbar', { name: /Importing/ })).toBeHidden();
    await page.reload();
    await expect(told).toBeVisible();
    await expect(cells(page).first().locator('img.there')).toBeVisible();

    renameSync(join(home, 'unplugged'), join(home, 'Camera'));
    await page.getByRole('button', { name: 'Add images' }).click();
    await page.getByRole('menuitem', { name: 'Look at the folders again' }).click();
    await expect(told).toBeHidden();
    await expectImages(page, images);
  });
});

/** JPEGs that take a while to decode: a few pictures, and bytes behind their end that make each file another. */
async function manyPhotographs(folder: string, count: number, side = 1024): Promise<number> {
  const drawn = await writeSampleImages(join(folder, 'drawn'), { count: 8, seed: 1, side });
  mkdirSync(join(folder, 'many'));
  for (let i = 0; i < count; i += 1) {
    const bytes = readFileSync(join(folder, 'drawn', drawn[i % drawn.length] ?? ''));
    writeFileSync(join(folder, 'many', `${i}.jpg`), Buffer.concat([bytes, Buffer.from(`number ${i}`)]));
  }
  return count + drawn.length;
}
