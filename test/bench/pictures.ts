import { mkdirSync, mkdtempSync, readdirSync, rmSync, cpSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '../e2e/server.ts';
import { launchChromium } from '../helpers/chromium.ts';
import { dropFiles } from '../helpers/dropFiles.ts';
import { cells, dropZone, expect, expectImages, goTo, nameClasses } from '../e2e/steps.ts';
import { say } from './report.ts';
import type { Page } from '@playwright/test';

export interface PicturesOptions {
  /** A folder with a folder for each class. */
  readonly data: string;
  readonly out: string;
  /** Images of all classes together. */
  readonly images: number;
  readonly rounds: number;
  readonly labels: number;
}

/** Learning on a thousand photographs. */
const patient = { timeout: 1_200_000 };

/**
 * Walks from a folder of photographs to an exported classifier, and takes a picture of each step in light and dark:
 * those of docs/guide.md.
 */
export async function takePictures({ data, out, images, rounds, labels }: PicturesOptions): Promise<void> {
  mkdirSync(out, { recursive: true });
  const home = mkdtempSync(join(tmpdir(), 'genoise-guide-'));
  const classes = copyPhotographs(data, join(home, 'Photographs'), images);
  const server = await startServer({ home });
  const browser = await launchChromium();
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
  let taken = 0;
  const take = async (name: string): Promise<void> => {
    taken += 1;
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(300);
      const file = `${String(taken).padStart(2, '0')}-${name}-${colorScheme}.png`;
      await page.screenshot({ path: join(out, file) });
    }
    say(name);
  };
  try {
    await page.goto(server.address);
    await walk(page, join(home, 'Photographs'), { classes, rounds, labels, take });
  } finally {
    await browser.close();
    await server.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

interface Walk {
  readonly classes: readonly string[];
  readonly rounds: number;
  readonly labels: number;
  readonly take: (name: string) => Promise<void>;
}

async function walk(page: Page, folder: string, { classes, rounds, labels, take }: Walk): Promise<void> {
  await expect(page.locator(dropZone)).toBeVisible();
  await take('start');
  await dropFiles(page, dropZone, [folder]);
  await expect(cells(page).first().locator('img.there')).toBeVisible(patient);
  await take('images-arriving');
  await expect(page.getByRole('progressbar', { name: /Importing/ })).toBeHidden(patient);
  await expectImages(page, 1000 * Math.ceil((await countOf(page)) / 1000) || 0).catch(() => undefined);
  await take('images');
  await cells(page).nth(9).dblclick();
  await take('images-close');
  await page.keyboard.press('Escape');

  await goTo(page, 'Pretrain');
  await expect(page.locator('img[src^="data:"], canvas, .views img').first())
    .toBeVisible(patient)
    .catch(() => undefined);
  await take('pretrain');
  await page.getByRole('radio', { name: /^Rounds/ }).check({ force: true });
  await page.getByLabel(/How often each image is seen/).fill(String(rounds));
  await page.getByText('Details', { exact: true }).click();
  await page.getByLabel('Width of the encoder').selectOption('A quarter');
  await take('pretrain-details');
  await page.getByRole('button', { name: 'Start pretraining' }).click();
  await expect(page.getByRole('img', { name: /^The loss, from \d/ })).toBeVisible(patient);
  await page.waitForTimeout(20_000);
  await take('pretrain-running');
  await expect(page.getByText('The encoder has learned from your images.')).toBeVisible(patient);
  await take('pretrain-done');

  await goTo(page, 'Label');
  await take('label-empty');
  await nameClasses(page, classes);
  await label(page, classes, labels);
  await take('label');
  await page.keyboard.press('g');
  await page.waitForTimeout(1000);
  await take('label-grid');

  await goTo(page, 'Train');
  await page.waitForTimeout(1000);
  await take('train-start');
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await page.waitForTimeout(8000);
  await take('train-running');
  await expect(page.getByRole('button', { name: /^From scratch.*Right answers/ })).toBeVisible(patient);
  await take('train');
  await page
    .getByRole('heading', { name: /confusion|mixes up|answers/i })
    .first()
    .scrollIntoViewIfNeeded()
    .catch(() => undefined);
  await take('train-matrix');

  await goTo(page, 'Export');
  await take('export-before');
  await page.getByRole('button', { name: 'Export the classifier' }).click();
  await expect(page.getByRole('article', { name: /^Classifier of/ })).toBeVisible(patient);
  await page.waitForTimeout(1000);
  await take('export');
}

async function label(page: Page, classes: readonly string[], labels: number): Promise<void> {
  const asked = page.locator('.one .path');
  for (let i = 0; i < labels; i += 1) {
    const name = (await asked.textContent()) ?? '';
    // As many as there are keys for.
    const key = (1 + classes.findIndex((each) => name.includes(each))) % 10;
    await page.keyboard.press(String(key));
    await expect(asked).not.toHaveText(name);
  }
}

async function countOf(page: Page): Promise<number> {
  const line = (await page.locator('.footer-line').textContent()) ?? '';
  return Number(/([\d,]+) images/.exec(line)?.[1].replaceAll(',', '') ?? 0);
}

/** The first of each class, as many of each. @returns the classes */
function copyPhotographs(data: string, folder: string, images: number): readonly string[] {
  const classes = readdirSync(data).toSorted().slice(0, 10);
  for (const name of classes) {
    mkdirSync(join(folder, name), { recursive: true });
    const files = readdirSync(join(data, name))
      .toSorted()
      .slice(0, Math.ceil(images / classes.length));
    for (const file of files) cpSync(join(data, name, file), join(folder, name, file));
  }
  return classes;
}
