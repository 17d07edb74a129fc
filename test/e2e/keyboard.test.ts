import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, it } from 'vitest';
import { chromiumBrowser, launchChromium } from '../helpers/chromium.ts';
import { describeWith } from '../helpers/requirement.ts';
import { openPlace } from './place.ts';
import { writeRealImages } from './realImages.ts';
import { classCount, dropZone, expect, expectImages, nameClasses } from './steps.ts';
import type { Browser, Locator, Page } from '@playwright/test';

const patient = { timeout: 90_000 };

describeWith(chromiumBrowser, 'the keyboard alone', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  it('chooses a folder, pretrains, labels, trains and exports', { timeout: 300_000 }, async () => {
    const { page, home } = await openPlace(browser);
    mkdirSync(join(home, 'Another'));
    const images = await writeRealImages(join(home, 'Photographs'), 24);
    const { keyboard } = page;
    await expect(page.locator(dropZone)).toBeVisible();

    await tabTo(page, page.getByRole('button', { name: 'Choose a folder' }));
    await keyboard.press('Enter');
    await expect(page.getByRole('dialog').getByRole('option', { name: 'Photographs' })).toBeVisible();
    await keyboard.press('p');
    await keyboard.press('Enter');
    await expect(page.getByRole('option', { name: images.classes[0] })).toBeVisible();
    await tabTo(page, page.getByRole('button', { name: 'Use this folder' }));
    await keyboard.press('Enter');
    await expectImages(page, images.count);

    await keyboard.press('?');
    await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
    await page.evaluate(closeDialogAndGoOn);
    const time = page.getByRole('group', { name: 'How long may it take?' });
    await expect(time).toBeVisible();
    await tabTo(page, time.locator('input:checked'));
    const asRounds = page.getByRole('radio', { name: /^Rounds/ });
    for (let i = 0; i < 4 && !(await asRounds.isChecked()); i += 1) await keyboard.press('ArrowDown');
    const rounds = page.getByLabel(/How often each image is seen/);
    await tabTo(page, rounds);
    await keyboard.press('Control+a');
    await keyboard.type('1');
    await tabTo(page, page.locator('summary', { hasText: 'Details' }));
    await keyboard.press('Enter');
    await typeIn(page, 'Width of the encoder', 'A quarter');
    await typeIn(page, 'Image size', '32');
    await typeIn(page, 'Batch', '16');
    await tabTo(page, page.getByRole('button', { name: 'Start pretraining' }), 'Shift+Tab');
    await keyboard.press('Enter');
    await expect(page.getByText('The encoder has learned from your images.')).toBeVisible(patient);

    await keyboard.press('Alt+3');
    await nameClasses(page, images.classes);
    const asked = page.locator('.one .path');
    for (let i = 0; i < 12; i += 1) {
      const name = (await asked.textContent()) ?? '';
      await keyboard.press(String(1 + images.classes.findIndex((each) => name.includes(each))));
      await expect(asked).not.toHaveText(name);
    }
    await expect(classCount(page, images.classes[0])).toBeVisible();

    await keyboard.press('Alt+4');
    for (const other of ['Fine-tuning', 'From scratch']) {
      const box = page.getByRole('checkbox', { name: other });
      await expect(box).toBeVisible();
      await tabTo(page, box);
      if (await box.isChecked()) await keyboard.press('Space');
    }
    await tabTo(page, page.getByRole('button', { name: 'Train', exact: true }));
    await keyboard.press('Enter');
    await expect(page.getByRole('button', { name: /^Linear probe.*Right answers/ })).toBeVisible(patient);

    await keyboard.press('Alt+5');
    const out = page.getByRole('button', { name: 'Export the classifier' });
    await expect(out).toBeVisible();
    await tabTo(page, out);
    await keyboard.press('Enter');
    await expect(page.getByRole('article', { name: 'Classifier of 2 classes' })).toBeVisible(patient);
  });
});

/**
 * Closes the dialog as its Escape key does and sends Alt+2 in the same moment, to what has the focus. Runs in the page,
 * which forbids text as code: so it is a function.
 */
function closeDialogAndGoOn(): void {
  const { document, KeyboardEvent } = globalThis as unknown as PageScope;
  document.querySelector('dialog[open]').close();
  const key = new KeyboardEvent('keydown', { key: '2', code: 'Digit2', altKey: true, bubbles: true });
  document.activeElement.dispatchEvent(key);
}

interface PageScope {
  readonly document: {
    querySelector(selector: string): { close(): void };
    readonly activeElement: { dispatchEvent(event: object): void };
  };
  readonly KeyboardEvent: new (kind: string, about: object) => object;
}

/** Presses Tab until an element has the focus; a person would give up after some time, too. */
async function tabTo(page: Page, wanted: Locator, key = 'Tab'): Promise<void> {
  for (let i = 0; i < 60; i += 1) {
    if ((await wanted.and(page.locator(':focus')).count()) > 0) return;
    await page.keyboard.press(key);
  }
  throw new Error(`the Tab key does not come to ${wanted.toString()}`);
}

/** Chooses in a list by typing the beginning of what is wanted. */
async function typeIn(page: Page, label: string, text: string): Promise<void> {
  const list = page.getByLabel(label);
  await tabTo(page, list);
  await page.keyboard.type(text);
  await expect(list.locator('option:checked')).toContainText(text);
}
