import { dropFiles } from '../helpers/dropFiles.ts';
import { cells, dropZone, expect, goTo, nameClasses } from '../e2e/steps.ts';
import type { Locator, Page } from '@playwright/test';

export interface PicturesWalk {
  readonly folder: string;
  readonly classes: readonly string[];
  /** The class of each file, by its name. */
  readonly classOf: ReadonlyMap<string, string>;
  readonly rounds: number;
  readonly labels: number;
  /** Takes a picture of what is seen. */
  readonly take: (name: string) => Promise<void>;
}

const belowTopBar = 90;
/** Learning on a thousand photographs. */
const patient = { timeout: 1_800_000 };

/** From a folder to an exported classifier, by the pages of the application; each step ends with what can be seen. */
export async function walkForPictures(page: Page, walk: PicturesWalk): Promise<void> {
  await importFolder(page, walk);
  await pretrain(page, walk);
  await label(page, walk);
  await train(page, walk);
  await exportClassifier(page, walk);
}

async function importFolder(page: Page, { folder, classOf, take }: PicturesWalk): Promise<void> {
  await expect(page.locator(dropZone)).toBeVisible();
  await take('start');
  await dropFiles(page, dropZone, [folder]);
  const line = page.locator('.footer-line');
  await expect(line).toContainText(`${classOf.size.toLocaleString('en')} images`, patient);
  await expect(page.getByRole('progressbar', { name: /Importing/ })).toBeHidden(patient);
  await expect(cells(page).first().locator('img.there')).toBeVisible(patient);
  await take('images');
  await cells(page).nth(9).dblclick();
  await take('images-loupe');
  await page.keyboard.press('Escape');
}

async function pretrain(page: Page, { rounds, take }: PicturesWalk): Promise<void> {
  await goTo(page, 'Pretrain');
  await expect(page.getByRole('img', { name: 'View 1 of image 1' })).toBeVisible(patient);
  await take('pretrain-begin');
  await page.getByRole('radio', { name: /^Rounds/ }).check({ force: true });
  await page.getByLabel(/How often each image is seen/).fill(String(rounds));
  await showAtTop(page.getByText('What are your images like?'));
  await take('pretrain-views');
  await page.getByText('Details', { exact: true }).click();
  await page.getByLabel('Width of the encoder').selectOption('A quarter');
  await page.getByLabel('Width of the encoder').selectOption('A quarter');
  await take('pretrain-details');
  await page.getByRole('button', { name: 'Start pretraining' }).click();
  await expect(page.getByRole('img', { name: /^The loss, from \d/ })).toBeVisible(patient);
  await page.waitForTimeout(20_000);
  await take('pretrain');
  await expect(page.getByText('The encoder has learned from your images.')).toBeVisible(patient);
  await take('pretrain-done');
  await showAtTop(page.getByRole('heading', { name: 'Learning' }));
  await take('pretrain-health');
}

async function label(page: Page, { classes, classOf, labels, take }: PicturesWalk): Promise<void> {
  await goTo(page, 'Label');
  const asked = page.locator('.one .path');
  await expect(asked).toBeVisible(patient);
  await take('label-begin');
  await nameClasses(page, classes);
  for (let i = 0; i < labels; i += 1) {
    const name = (await asked.textContent()) ?? '';
    const place = classes.indexOf(classOf.get(name) ?? '');
    if (place < 0) throw new Error(`the page asks about “${name}”, which is none of the photographs`);
    // The tenth class has the key 0.
    await page.keyboard.press(String((place + 1) % 10));
    await expect(asked).not.toHaveText(name);
  }
  await take('label');
  await page.keyboard.press('g');
  await expect(
    page
      .getByRole('button', { name: /, no label/ })
      .first()
      .locator('img'),
  ).toBeVisible(patient);
  await take('label-grid');
}

async function train(page: Page, { take }: PicturesWalk): Promise<void> {
  await goTo(page, 'Train');
  await take('train-begin');
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await page.waitForTimeout(8000);
  await take('train-running');
  await expect(page.getByRole('button', { name: /^From scratch.*Right answers/ })).toBeVisible(patient);
  await expect(page.getByText('An untrained encoder gets').first()).toBeVisible(patient);
  // Away from the button, which would say why it cannot be pressed.
  await page.mouse.move(0, 0);
  await take('train');
  await showAtTop(page.getByRole('heading', { name: 'What is taken for what' }));
  await take('matrix');
}

async function exportClassifier(page: Page, { take }: PicturesWalk): Promise<void> {
  await goTo(page, 'Export');
  await take('export-begin');
  await page.getByRole('button', { name: 'Export the classifier' }).click();
  await expect(page.getByRole('article', { name: /^Classifier of/ })).toBeVisible(patient);
  await take('export');
}

/** Scrolls so far that this is just below the top bar. */
async function showAtTop(place: Locator): Promise<void> {
  const box = await place.boundingBox();
  if (box === null) throw new Error('what is to be seen is not there');
  await place.page().mouse.move(640, 400);
  await place.page().mouse.wheel(0, box.y - belowTopBar);
}
