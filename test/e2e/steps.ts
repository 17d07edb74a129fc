import { expect as usualExpect, type Locator, type Page } from '@playwright/test';
import type { Place } from './place.ts';

/** What a page is waited for: long enough for a machine that is busy with other tests. */
export const expect = usualExpect.configure({ timeout: 20_000 });

export const dropZone = 'section.drop';

/** Pictures of the grid that are drawn now. */
export function cells(page: Page): Locator {
  return page.getByRole('listbox', { name: 'Images' }).getByRole('option');
}

/** The line below the grid says how many images there are. */
export async function expectImages(page: Page, images: number): Promise<void> {
  await expect(page.locator('.footer-line')).toContainText(`${images.toLocaleString('en')} images`);
}

/** Drops a folder on the first screen, and waits until all of its images are there. */
export async function importFolder({ page, drop }: Place, folder: string, images: number): Promise<void> {
  await expect(page.locator(dropZone)).toBeVisible();
  await drop(dropZone, [folder]);
  await expectImages(page, images);
}

/** Chooses a folder of the home, by its name, on the first screen. */
export async function chooseFolder(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Choose a folder' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('option', { name }).click();
  await expect(dialog.getByLabel('Where you are')).toContainText(name);
  await dialog.getByRole('button', { name: 'Use this folder' }).click();
}

/** Labels an image of the grid with a class that is made for it. */
export async function labelWithNewClass(page: Page, position: number, name: string): Promise<void> {
  await cells(page).nth(position).click();
  await page.getByRole('button', { name: 'Label as' }).click();
  await page.getByRole('menuitem', { name: 'New class…' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Make it and label' }).click();
  await expect(cells(page).nth(position)).toHaveAccessibleName(new RegExp(`labelled ${name}`));
}

/** Goes to a step by the links at the top of the window. */
export async function goTo(
  page: Page,
  step: 'Images' | 'Pretrain' | 'Label' | 'Train' | 'Export',
): Promise<void> {
  await page
    .getByRole('navigation', { name: 'Steps' })
    .getByRole('link', { name: new RegExp(`\\b${step}\\b`) })
    .click();
  await expect(page.getByRole('main', { name: step, exact: true })).toBeVisible();
}

/** Makes the first classes on the screen for labelling, by the keyboard alone; they get the keys 1, 2, … */
export async function nameClasses(page: Page, names: readonly string[]): Promise<void> {
  const field = page.getByLabel('Name of a new class');
  // Without a class there is nothing else to do: one types at once.
  await expect(field).toBeFocused();
  for (const name of names) {
    await page.keyboard.type(name);
    await page.keyboard.press('Enter');
    await expect(classCount(page, name)).toBeVisible();
    await expect(field).toHaveValue('');
  }
  await page.keyboard.press('Escape');
}

/** The button of a class on the screen for labelling, which says how many labels it has. */
export function classCount(page: Page, name: string): Locator {
  return page.getByRole('region', { name: 'Classes' }).getByRole('button', { name: new RegExp(`^${name}`) });
}
