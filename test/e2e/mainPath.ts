import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect as expectValue } from 'vitest';
import { repository } from '../shell/builtDesktop.ts';
import { writeRealImages, type RealImages } from './realImages.ts';
import { cells, expect, goTo, importFolder, nameClasses } from './steps.ts';
import type { Page } from '@playwright/test';
import type { Place } from './place.ts';

/** Learning takes a while on a machine that is busy with other tests. */
const patient = { timeout: 90_000 };

/** From a dropped folder to a classifier that answers on its own; every step by the pages of the application. */
export async function walkMainPath(place: Place): Promise<void> {
  const folder = join(place.home, 'Photographs');
  const images = await writeRealImages(folder, 40);
  await importFolder(place, folder, images.count);
  await pretrain(place.page);
  await labelByKeys(place.page, images, 24);
  await findAlike(place.page);
  await trainProbe(place.page);
  const exported = await exportClassifier(place.page);
  expectAnswers(exported, folder, images, place.home);
}

/** The smallest pretraining that there is, chosen as a person would. */
export async function choosePretraining(page: Page, rounds: number): Promise<void> {
  await goTo(page, 'Pretrain');
  await page.getByRole('radio', { name: /^Rounds/ }).check({ force: true });
  await page.getByLabel(/How often each image is seen/).fill(String(rounds));
  await page.getByText('Details', { exact: true }).click();
  await page.getByLabel('Width of the encoder').selectOption('A quarter');
  await page.getByLabel('Image size').selectOption('32 pixels');
  await page.getByLabel('Batch').selectOption('16 images');
}

async function pretrain(page: Page): Promise<void> {
  await choosePretraining(page, 2);
  await page.getByRole('button', { name: 'Start pretraining' }).click();
  await expect(page.getByText('The encoder has learned from your images.')).toBeVisible(patient);
  await expect(page.getByRole('heading', { name: 'Learning' })).toBeVisible();
}

/** Labels what is asked about, by the keys of the classes; the folder of each image tells which. */
export async function labelByKeys(page: Page, { classes }: RealImages, count: number): Promise<void> {
  await goTo(page, 'Label');
  await nameClasses(page, classes);
  const asked = page.locator('.one .path');
  for (let i = 0; i < count; i += 1) {
    const name = (await asked.textContent()) ?? '';
    await page.keyboard.press(String(1 + classes.findIndex((each) => name.includes(each))));
    await expect(asked).not.toHaveText(name);
  }
}

/** Opens an image large, finds what looks alike to it, and goes on by the keyboard. */
async function findAlike(page: Page): Promise<void> {
  await goTo(page, 'Images');
  await cells(page).nth(0).dblclick();
  const loupe = page.getByRole('dialog');
  await expect(loupe).toContainText('1 of ');
  const alike = loupe.locator('section', { hasText: 'Looks alike' });
  await alike.getByRole('button', { name: 'Find what looks alike' }).click();
  await expect(alike.getByRole('img')).toHaveCount(8, patient);
  await page.keyboard.press('ArrowRight');
  await expect(loupe).toContainText('2 of ');
  await alike.getByRole('button', { name: 'Find what looks alike' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(loupe).toContainText('3 of ');
  await page.keyboard.press('ArrowRight');
  await expect(loupe).toContainText('4 of ');
  await page.keyboard.press('Escape');
  await expect(loupe).toBeHidden();
}

/** Trains the quickest of the three classifiers. */
export async function trainProbe(page: Page): Promise<void> {
  await goTo(page, 'Train');
  for (const other of ['Fine-tuning', 'From scratch']) {
    await page.getByRole('checkbox', { name: other }).uncheck({ force: true });
  }
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(page.getByRole('button', { name: /^Linear probe.*Right answers/ })).toBeVisible(patient);
}

/** @returns the folder that was exported, absolute */
async function exportClassifier(page: Page): Promise<string> {
  await goTo(page, 'Export');
  await page.getByRole('button', { name: 'Export the classifier' }).click();
  const entry = page.getByRole('article', { name: 'Classifier of 2 classes' });
  await expect(entry).toBeVisible(patient);
  await expect(entry.getByRole('heading', { name: 'Its card' })).toBeVisible();
  return (await entry.locator('.path').first().textContent()) ?? '';
}

/** Runs the exported program on the images, far from the application: it knows two classes that were hardly learnt. */
function expectAnswers(exported: string, folder: string, { classes }: RealImages, home: string): void {
  const apart = join(home, 'apart');
  cpSync(exported, apart, { recursive: true });
  const [program] = readdirSync(apart).filter((name) => name.endsWith('.mjs'));
  const files = classes.flatMap((name) => {
    const inside = join(folder, name);
    return readdirSync(inside)
      .slice(0, 4)
      .map((file) => join(inside, file));
  });
  // For onnxruntime-node and sharp, which its card tells people to install.
  symlinkSync(join(repository, 'node_modules'), join(apart, 'node_modules'), 'junction');
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(apart, program), ...files], {
    encoding: 'utf8',
  });
  expectValue(stderr).toBe('');
  expectValue(status).toBe(0);
  for (const file of files) expectValue(stdout).toContain(file);
  expectValue(classes.some((name) => stdout.replaceAll(`/${name}/`, '').includes(name))).toBe(true);
}
