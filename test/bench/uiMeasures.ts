import { join } from 'node:path';
import type { BrowserContext, Page } from '@playwright/test';

/** Milliseconds each. */
export interface Samples {
  readonly [measure: string]: readonly number[];
}

/** What the measures below ask runs in the page itself. */
export async function addProbe(context: BrowserContext): Promise<void> {
  await context.addInitScript({ path: join(import.meta.dirname, '../page/probe.js') });
}

/** From the start of a navigation to the first thing that is painted, and to a window full of pictures. */
export async function measureOpening(page: Page, address: string): Promise<Samples> {
  // Else only the part behind the # may be new, and nothing begins anew.
  await page.goto('about:blank');
  await page.goto(address);
  const filled = await page.evaluate<number>('probe.waitForPictures()');
  const painted = await page.evaluate<number>('probe.firstPaint()');
  return { 'first paint': [painted], 'window full of pictures': [filled] };
}

/** Chooses a folder that was made in the home, on the first screen: the time to the first of its pictures. */
export async function measureFirstPictures(page: Page, folder: string): Promise<Samples> {
  await page.getByRole('button', { name: 'Choose a folder' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('option', { name: folder }).click();
  await dialog.getByLabel('Where you are').getByText(folder).waitFor();
  // It must listen before the click comes.
  await page.evaluate('void (probe.pictures = probe.waitForFirstPictures())');
  await dialog.getByRole('button', { name: 'Use this folder' }).click();
  const { first, full } = await page.evaluate<{ first: number; full: number }>('probe.pictures');
  return { 'folder chosen to first picture': [first], 'folder chosen to full window': [full] };
}

/** Jumps to positions drawn at random: every frame until the pictures there are drawn, and how long that took. */
export async function measureJumps(page: Page, jumps: number): Promise<Samples> {
  const frames: number[] = [];
  const full: number[] = [];
  for (let i = 1; i <= jumps; i += 1) {
    // Spread over the whole list, each far from the one before.
    const share = (i * 0.618034) % 1;
    const jump = await page.evaluate<{ frames: number[]; full: number }>(`probe.jumpTo(${share})`);
    frames.push(...jump.frames);
    full.push(jump.full);
  }
  return { 'frame after a jump': frames, 'jump to a full view': full };
}

/** Turns the wheel for so many frames, a sixth of a view in each. */
export async function measureWheel(page: Page, frames: number): Promise<Samples> {
  return { 'frame while scrolling': await page.evaluate<number[]>(`probe.turnWheel(${frames})`) };
}

/**
 * Presses keys of classes one after the other: from the event's own time, which is the key's, to the frame after the
 * one that shows the next image. The label is on disk by then.
 */
export async function measureKeys(page: Page, keys: readonly string[], presses: number): Promise<Samples> {
  const times: number[] = [];
  for (let i = 0; i < presses; i += 1) {
    // It must listen before the key comes.
    await page.evaluate('void (probe.echo = probe.waitForEcho())');
    await page.keyboard.press(keys[i % keys.length]);
    times.push(await page.evaluate<number>('probe.echo'));
    // Nobody labels faster than this.
    await page.waitForTimeout(100);
  }
  return { 'key press to painted label': times };
}
