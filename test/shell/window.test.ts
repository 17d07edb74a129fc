import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeSampleImages } from '../../main/importer/sampleImages.ts';
import { chromiumBrowser } from '../helpers/chromium.ts';
import { describeWith } from '../helpers/requirement.ts';
import { builtDesktop } from './builtDesktop.ts';
import { electronExecutable, openStandIn, startStandIn, type StandInShell } from './openShell.ts';
import type { Page } from '@playwright/test';
import type { JobView } from '../../shared/contract/jobCommands.ts';

/** For what takes a moment on a machine that is busy with other tests. */
const patience = { timeout: 30_000 };

const which =
  electronExecutable() === null ? 'whose executable is not here' : 'though its executable is here';

describeWith(chromiumBrowser, `the desktop window, in the stand-in for Electron (${which})`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'genoise-test-'));
  const options = { dataFolder: join(folder, 'data'), home: join(folder, 'home') };
  /** One for all: each test goes on where the last one ended. */
  let shell: StandInShell;

  beforeAll(async () => {
    await builtDesktop();
    for (const path of [options.dataFolder, options.home]) mkdirSync(path);
    shell = await openStandIn(options);
    return async () => {
      if (shell.process.exitCode === null && shell.process.signalCode === null) await shell.kill();
    };
  }, 180_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function call<T>(page: Page, name: string, request: unknown = null): Promise<T> {
    const answer = await page.evaluate(
      ([command, given]) => (globalThis as unknown as { genoise: Bridge }).genoise.call(command, given),
      [name, request] as const,
    );
    if ('error' in answer) throw new Error(answer.error.message);
    return answer.result as T;
  }

  async function importedProject(page: Page, name: string, count: number): Promise<void> {
    const images = join(folder, name);
    await writeSampleImages(images, { count, seed: 1, side: 24 });
    await page.evaluate(() => {
      const { genoise } = globalThis as unknown as { genoise: Bridge };
      const target = globalThis as unknown as EventTarget & { dropped?: readonly string[] };
      target.addEventListener('dragover', (event) => event.preventDefault(), { capture: true });
      target.addEventListener(
        'drop',
        (event) => {
          const { dataTransfer } = event as Event & { dataTransfer: { files: Iterable<object> } };
          target.dropped = genoise.pathsOfFiles([...dataTransfer.files]);
          event.preventDefault();
          event.stopImmediatePropagation();
        },
        { capture: true },
      );
    });
    await shell.drop('body', [images]);
    const dropped = await page.evaluate(() => (globalThis as unknown as { dropped: string[] }).dropped);
    expect(dropped).toEqual([images]);
    await call(page, 'project.create', { folders: dropped });
  }

  it('lets nothing out, whatever a page tries', async () => {
    const { page } = shell;
    const address = page.url();
    const outcome = await page.evaluate(async () => {
      const { fetch, document } = globalThis as unknown as Scope;
      const fetched = await fetch('https://example.com/').then(
        () => 'loaded',
        () => 'refused',
      );
      const picture = document.createElement('img');
      const shown = new Promise((resolve) => {
        picture.onload = () => resolve('loaded');
        picture.onerror = () => resolve('refused');
      });
      picture.src = 'https://example.com/pixel.png';
      const script = document.createElement('script');
      script.textContent = 'globalThis.injected = true';
      document.head.append(script);
      return [fetched, await shown, 'injected' in globalThis];
    });
    expect(outcome).toEqual(['refused', 'refused', false]);
    // Around the policy of the page: a page of its own that is asked for something else.
    await page.goto('https://example.com/').catch(() => undefined);
    await page.waitForURL(/^chrome-error:/);
    await page.goto(address);
    const { leaked, refused } = await shell.received();
    expect(leaked).toEqual([]);
    expect(refused).toContain('https://example.com/');
  });

  it('imports a dropped folder in a process of its own, and shows its pictures', async () => {
    const { page } = shell;
    await importedProject(page, 'Beach', 12);
    await expect
      .poll(async () => (await call<JobView[]>(page, 'jobs.list'))[0]?.state, patience)
      .toBe('done');
    const width = await page.evaluate(async () => {
      const picture = new (globalThis as unknown as { Image: new () => Picture }).Image();
      picture.src = 'image://1/thumbnail';
      await picture.decode();
      return picture.naturalWidth;
    });
    expect(width).toBe(24);
    const { progress, menus } = await shell.received();
    expect(progress.at(-1)).toEqual([-1, 'normal']);
    expect(JSON.stringify(menus.at(-1))).toContain('"label":"Beach"');
  });

  it('is there once: a second start hands over its project', async () => {
    const { folder: project } = await call<{ folder: string }>(shell.page, 'project.current');
    await call(shell.page, 'project.close');
    const second = startStandIn({ ...options, args: [project] }, { pages: true });
    await new Promise((resolve) => second.on('exit', resolve));
    await expect
      .poll(async () => call(shell.page, 'project.current'), patience)
      .toMatchObject({ folder: project });
  });

  it('brings a page that died back to its place', async () => {
    await shell.page.evaluate(() => {
      (globalThis as unknown as { location: { hash: string } }).location.hash = '#/settings';
    });
    const crashed = shell.page;
    const session = await crashed.context().newCDPSession(crashed);
    void session.send('Page.crash').catch(() => undefined);
    await expect.poll(() => shell.page !== crashed && shell.page.url(), patience).toMatch(/#\/settings$/);
    expect(await call(shell.page, 'project.current')).toMatchObject({ name: 'Beach' });
  });

  it('asks before it closes while something runs, and has saved when it has', async () => {
    const { page } = shell;
    await importedProject(page, 'Dunes', 400);
    await shell.closeWindow('keep');
    await expect.poll(async () => (await shell.received()).boxes.length, patience).toBe(1);
    expect((await shell.received()).boxes[0]?.detail).toContain('Dunes');
    expect(page.isClosed()).toBe(false);
    await shell.close();
    expect(shell.process.exitCode).toBe(0);
  });

  it("takes the command line's arguments", async () => {
    const run = startStandIn({ ...options, args: ['--version'] }, { pages: false });
    let output = '';
    run.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    expect(await new Promise((resolve) => run.on('close', resolve))).toBe(0);
    expect(output).toMatch(/^\d+\.\d+\.\d+\n$/);
    const wrong = startStandIn({ ...options, args: ['status', join(folder, 'nothing')] }, { pages: false });
    expect(await new Promise((resolve) => wrong.on('close', resolve))).toBe(1);
  });
});

interface Bridge {
  call(name: string, request: unknown): Promise<{ result: unknown } | { error: { message: string } }>;
  pathsOfFiles(files: readonly object[]): readonly string[];
}

interface Picture {
  src: string;
  textContent: string;
  naturalWidth: number;
  onload: () => void;
  onerror: () => void;
  decode(): Promise<void>;
}

interface Scope {
  readonly fetch: (address: string) => Promise<unknown>;
  document: { createElement(name: string): Picture; head: { append(element: Picture): void } };
}
