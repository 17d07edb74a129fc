import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '../e2e/server.ts';
import { launchChromium } from '../helpers/chromium.ts';
import { machine, say, type BenchResult } from './report.ts';
import { median, quantile, range } from './statistics.ts';
import { treeBytes } from './treeMemory.ts';
import { measureImports } from './uiImport.ts';
import {
  addProbe,
  measureJumps,
  measureKeys,
  measureOpening,
  measureWheel,
  type Samples,
} from './uiMeasures.ts';
import { provideUiProject } from './uiProject.ts';
import type { Browser, Page } from '@playwright/test';

export interface UiBenchOptions {
  /** Numbers of images. */
  readonly rows: readonly number[];
  readonly jumps: number;
  readonly presses: number;
  /** Photographs: those in the generated projects, and those that are imported. Without them some are drawn, and none imported. */
  readonly data?: string;
  /** Where generated projects are kept for the next time; removed at the end when absent. */
  readonly projects?: string;
}

/** Megabytes: the page's own heap after a collection, its process, and the server with all that it has started. */
interface Memory {
  readonly heap: number;
  readonly page: number;
  readonly server: number;
}

interface Figures {
  readonly rows: number;
  readonly samples: Samples;
  readonly memory: { readonly opened: Memory; readonly scrolled: Memory };
}

/** Of a label, in milliseconds, at the 95th percentile. */
const keyBudget = { milliseconds: 50, rows: 100_000 };
/** From a chosen folder to its first picture. */
const pictureBudget = 2000;
const importTimes = 5;

/** Measures the pages on large projects, through the browser door, in Chromium; a table goes to standard error. */
export async function benchUi(options: UiBenchOptions): Promise<readonly BenchResult[]> {
  const folder = options.projects ?? mkdtempSync(join(tmpdir(), 'genoise-bench-'));
  mkdirSync(folder, { recursive: true });
  try {
    const all: Figures[] = [];
    for (const rows of options.rows) {
      const project = join(folder, `${rows}-pictures`);
      await provideUiProject(project, rows, options.data);
      all.push(await measure(project, rows, options));
    }
    sayTable(all);
    if (options.data !== undefined) say('importing photographs');
    const imported = options.data === undefined ? {} : await measureImports(options.data, importTimes);
    for (const [measure, values] of Object.entries(imported))
      say(`${measure}, milliseconds: ${told(values)}`);
    return [...all.flatMap(resultsOf), ...importResults(imported)];
  } finally {
    if (options.projects === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(project: string, rows: number, { jumps, presses }: UiBenchOptions): Promise<Figures> {
  const home = mkdtempSync(join(tmpdir(), 'genoise-bench-'));
  const server = await startServer({ home, words: ['--project', project] });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await addProbe(page.context());
    const stage = (what: string): void => say(`${rows.toLocaleString('en')} images: ${what}`);
    stage('opening');
    // The first page of a browser waits for the browser itself.
    await measureOpening(page, server.address);
    const opening = await measureOpening(page, `${server.origin}/#/images`);
    const opened = await memoryOf(browser, page, server.pid);
    stage('jumping');
    const jumped = await measureJumps(page, jumps);
    const scrolled = await measureWheel(page, 120);
    const memory = { opened, scrolled: await memoryOf(browser, page, server.pid) };
    stage('labelling');
    const labelled = await measureLabels(page, presses);
    return { rows, samples: { ...opening, ...jumped, ...scrolled, ...labelled }, memory };
  } finally {
    await browser.close();
    await server.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

async function measureLabels(page: Page, presses: number): Promise<Samples> {
  await page.keyboard.press('Alt+3');
  await page.locator('.workbench.label .path').waitFor();
  await page.locator('.workbench.label kbd').first().waitFor();
  const keys = ['1', '2', '3'];
  await measureKeys(page, keys, 3);
  return measureKeys(page, keys, presses);
}

async function memoryOf(browser: Browser, page: Page, server: number): Promise<Memory> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  const system = await browser.newBrowserCDPSession();
  const { processInfo } = await system.send('SystemInfo.getProcessInfo');
  const pages = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => treeBytes(id));
  const megabytes = (bytes: number): number => Math.round(bytes / 2 ** 20);
  return {
    heap: megabytes(usedSize),
    page: megabytes(Math.max(...pages)),
    server: megabytes(treeBytes(server)),
  };
}

function sayTable(all: readonly Figures[]): void {
  say(`Machine: ${machine()}. Milliseconds: median, 95th percentile, highest.\n`);
  say(`| | ${all.map(({ rows }) => `${rows.toLocaleString('en')} images`).join(' | ')} |`);
  say(`|---|${all.map(() => '---').join('|')}|`);
  for (const measure of Object.keys(all[0]?.samples ?? {})) {
    say(`| ${measure} | ${all.map(({ samples }) => told(samples[measure])).join(' | ')} |`);
  }
  for (const when of ['opened', 'scrolled'] as const) {
    const cells = all.map(
      ({ memory }) => `${memory[when].heap}, ${memory[when].page}, ${memory[when].server}`,
    );
    say(`| MB ${when}: page's heap, page's process, server | ${cells.join(' | ')} |`);
  }
}

function importResults(imported: Samples): readonly BenchResult[] {
  return Object.entries(imported).map(([measure, values]) => {
    const ours = quantile(values, 0.95);
    const isFirst = measure.endsWith('first picture');
    return {
      bench: `${measure}, 10,000 photographs`,
      ratio: isFirst ? pictureBudget / ours : null,
      ours,
      theirs: isFirst ? pictureBudget : null,
      unit: 'ms',
      runs: values.length,
      spread: { ours: [...range(values)], theirs: [] },
      details: { median: median(values) },
    };
  });
}

function told(values: readonly number[]): string {
  const digits = (value: number): string => value.toFixed(value < 100 ? 1 : 0);
  if (values.length === 1) return digits(values[0]);
  return [median(values), quantile(values, 0.95), Math.max(...values)].map(digits).join(', ');
}

function resultsOf({ rows, samples, memory }: Figures): readonly BenchResult[] {
  return Object.entries(samples).map(([measure, values]) => {
    const ours = quantile(values, 0.95);
    const isKey = measure.startsWith('key') && rows <= keyBudget.rows;
    return {
      bench: `${measure}, ${rows} images`,
      ratio: isKey ? keyBudget.milliseconds / ours : null,
      ours,
      theirs: isKey ? keyBudget.milliseconds : null,
      unit: 'ms',
      runs: values.length,
      spread: { ours: [...range(values)], theirs: [] },
      details: { median: median(values), memory },
    };
  });
}
