import { join } from 'node:path';
import { afterAll, beforeAll, expect as expectValue, it } from 'vitest';
import { AxeBuilder } from '@axe-core/playwright';
import { chromiumBrowser, launchChromium } from '../helpers/chromium.ts';
import { describeWith } from '../helpers/requirement.ts';
import { choosePretraining, labelByKeys, trainProbe } from './mainPath.ts';
import { openPlace } from './place.ts';
import { writeRealImages } from './realImages.ts';
import { cells, dropZone, expect, goTo, importFolder } from './steps.ts';
import type { Browser, Page } from '@playwright/test';

type Result = Awaited<ReturnType<AxeBuilder['analyze']>>['violations'][number];

const steps = ['Images', 'Pretrain', 'Label', 'Train', 'Export'] as const;

describeWith(chromiumBrowser, 'axe finds nothing serious', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  it(
    'on every screen, empty and full, with its dialogs, in light and dark',
    { timeout: 300_000 },
    async () => {
      const place = await openPlace(browser);
      const { page, home } = place;
      await expect(page.locator(dropZone)).toBeVisible();
      await look(page, 'Start');
      await page.getByRole('button', { name: 'Choose a folder' }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
      await look(page, 'Start, choosing a folder');
      await page.keyboard.press('Escape');

      const folder = join(home, 'Photographs');
      const images = await writeRealImages(folder, 24);
      await importFolder(place, folder, images.count);
      for (const step of steps) {
        await goTo(page, step);
        await expect(page.getByRole('heading', { level: 1 })).toBeAttached();
        await look(page, `${step}, before its work`);
      }
      await page.keyboard.press('?');
      await look(page, 'Shortcuts');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+,');
      await look(page, 'Settings');
      await page.keyboard.press('Escape');

      await choosePretraining(page, 1);
      await look(page, 'Pretrain, with details');
      await page.getByRole('button', { name: 'Start pretraining' }).click();
      await expect(page.getByText('The encoder has learned from your images.')).toBeVisible({
        timeout: 90_000,
      });
      await look(page, 'Pretrain, done');
      await labelByKeys(page, images, 16);
      await look(page, 'Label, with labels');
      await page.keyboard.press('g');
      await look(page, 'Label, in a grid');
      await trainProbe(page);
      await look(page, 'Train, done');
      await goTo(page, 'Images');
      await cells(page).first().click();
      await look(page, 'Images, one selected');
      await page.keyboard.press('Enter');
      await look(page, 'Images, one looked at closely');
    },
  );
});

/** What axe asks of colours; everything else that it asks is the same in both themes. */
const rulesOfColour = ['color-contrast', 'link-in-text-block'];

/** In both themes, which pages take over at once. */
async function look(page: Page, what: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    // Colours change over a moment.
    await expect.poll(() => page.evaluate(transitions)).toBe(0);
    // All at once, in the page itself: there are no frames, and a page more for each look costs a second.
    // Of what is right only its rule is told: to name every element costs as much as to look at it.
    const axe = new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).setLegacyMode();
    if (colorScheme === 'dark') axe.withRules(rulesOfColour);
    const { violations } = await axe.analyze();
    expectValue.soft(violations.filter(isSerious).map(described), `${what}, ${colorScheme}`).toEqual([]);
  }
}

function isSerious({ impact }: Result): boolean {
  return impact === 'serious' || impact === 'critical';
}

function described({ id, help, nodes }: Result): string {
  const places = nodes
    .slice(0, 3)
    .map(({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary}`);
  return `${id}: ${help}\n${places.join('\n')}`;
}

/**
 * How many colours are changing right now; a bar of unknown length moves for as long as it is there. Runs in the page,
 * which forbids text as code: so it is a function.
 */
function transitions(): number {
  const { document } = globalThis as unknown as { document: { getAnimations(): readonly object[] } };
  return document.getAnimations().filter(({ constructor }) => constructor.name === 'CSSTransition').length;
}
