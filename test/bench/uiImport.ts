import { copyFileSync, globSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '../e2e/server.ts';
import { launchChromium } from '../helpers/chromium.ts';
import { addProbe, measureFirstPictures, type Samples } from './uiMeasures.ts';

const most = 10_000;

/**
 * Chooses a folder of 10,000 photographs (of fewer, where there are fewer) for a new project, some times, each time in
 * an application that was just started: milliseconds to the first picture, and to a window full of them.
 */
export async function measureImports(photographs: string, times: number): Promise<Samples> {
  const all: Record<string, number[]> = {};
  for (let i = 0; i < times; i += 1) {
    const samples = Object.entries(await measureImport(photographs));
    for (const [measure, values] of samples) (all[measure] ??= []).push(...values);
  }
  return all;
}

async function measureImport(photographs: string): Promise<Samples> {
  const home = mkdtempSync(join(tmpdir(), 'genoise-bench-'));
  copyPhotographs(photographs, join(home, 'Photographs'));
  const server = await startServer({ home });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(60_000);
    await addProbe(page.context());
    await page.goto(server.address);
    return await measureFirstPictures(page, 'Photographs');
  } finally {
    await browser.close();
    await server.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

function copyPhotographs(from: string, to: string): void {
  mkdirSync(to);
  const files = globSync('**/*.{jpg,jpeg,JPG,JPEG}', { cwd: from }).toSorted().slice(0, most);
  files.forEach((file, i) => copyFileSync(join(from, file), join(to, `${String(i).padStart(5, '0')}.jpg`)));
}
