import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { randomStream } from '../../main/nn/random.ts';
import { startServer } from '../e2e/server.ts';
import { launchChromium } from '../helpers/chromium.ts';
import { say } from './report.ts';
import { walkForPictures } from './picturesWalk.ts';
import type { Page } from '@playwright/test';

export interface PicturesOptions {
  /** A folder with a folder for each class. */
  readonly data: string;
  readonly out: string;
  /** Images of all classes together. */
  readonly images: number;
  readonly classes: number;
  readonly rounds: number;
  readonly labels: number;
  /** What the pictures show as the user's home; must not be there yet, and is taken away at the end. */
  readonly home?: string;
  /** Puts the pictures that docs/guide.md shows into their place. */
  readonly guide?: true;
}

const guide = join(import.meta.dirname, '../../docs/guide.md');
const [width, height] = [1280, 800];

/**
 * Walks from a folder of photographs to an exported classifier in a browser, and takes a picture of each step: light,
 * dark, and at 200 % zoom (`zoomed-…`).
 */
export async function takePictures(options: PicturesOptions): Promise<void> {
  const { out, labels, rounds } = options;
  mkdirSync(out, { recursive: true });
  const home = makeHome(options.home);
  const server = await startServer({ home });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({ viewport: { width, height }, reducedMotion: 'reduce' });
    const photographs = copyPhotographs(options, join(home, 'Photographs'));
    await page.goto(server.address);
    await walkForPictures(page, { ...photographs, rounds, labels, take: (name) => take(page, out, name) });
    if (options.guide === true) await fillGuide(out);
  } finally {
    await browser.close();
    await server.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

function makeHome(wanted: string | undefined): string {
  if (wanted === undefined) return mkdtempSync(join(tmpdir(), 'genoise-guide-'));
  if (existsSync(wanted)) throw new Error(`${wanted} is there already; it would be taken away at the end`);
  mkdirSync(wanted, { recursive: true });
  return wanted;
}

async function take(page: Page, out: string, name: string): Promise<void> {
  const shoot = async (file: string): Promise<void> => {
    // Until pictures have come; colours that fade are as they will be.
    await page.waitForTimeout(800);
    await page.screenshot({ path: join(out, `${file}.png`), animations: 'disabled' });
  };
  await page.emulateMedia({ colorScheme: 'dark' });
  await shoot(`${name}-dark`);
  await page.emulateMedia({ colorScheme: 'light' });
  await shoot(`${name}-light`);
  // Last: it changes how far the page is scrolled.
  await page.setViewportSize({ width: width / 2, height: height / 2 });
  await shoot(`zoomed-${name}`);
  await page.setViewportSize({ width, height });
  say(name);
}

/**
 * The first of some classes, as many of each, mixed and under names that tell nothing, as a camera would write them.
 * @returns the folder, the classes, and the class of each name
 */
function copyPhotographs(
  { data, images, classes }: PicturesOptions,
  folder: string,
): {
  readonly folder: string;
  readonly classes: readonly string[];
  readonly classOf: ReadonlyMap<string, string>;
} {
  const all = readdirSync(data).toSorted();
  const chosen = all.filter((_, i) => i % Math.max(1, Math.floor(all.length / classes)) === 0);
  const names = chosen.slice(0, classes);
  const files = names.map((name) => readdirSync(join(data, name)).toSorted());
  const numbers = randomStream('pictures of the guide').permutation(images);
  const classOf = new Map<string, string>();
  mkdirSync(folder);
  for (let i = 0; i < images; i += 1) {
    const place = i % names.length;
    const file = `IMG_${1000 + numbers[i]}.jpg`;
    copyFileSync(join(data, names[place], files[place][Math.floor(i / names.length)]), join(folder, file));
    classOf.set(file, names[place]);
  }
  return { folder, classes: names, classOf };
}

/** Copies what the guide shows, in as few colours as look the same. */
async function fillGuide(out: string): Promise<void> {
  const shown = readFileSync(guide, 'utf8').matchAll(/\((images\/guide\/([\w-]+\.png))\)/g);
  for (const [, place, file] of shown) {
    const taken = join(out, file);
    if (!existsSync(taken)) throw new Error(`docs/guide.md shows ${file}, which was not taken`);
    await sharp(taken)
      .png({ palette: true, quality: 95, compressionLevel: 9 })
      .toFile(join(guide, '..', place));
  }
}
