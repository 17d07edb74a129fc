import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { closeWithCare } from '../../main/shell/closing.ts';
import { reviveWindow } from '../../main/shell/crashes.ts';
import { menuTemplate } from '../../main/shell/menu.ts';
import { programArguments } from '../../main/shell/programArguments.ts';
import { overall, showProgress } from '../../main/shell/progressBar.ts';
import { runCommandLine } from '../../main/shell/runCommandLine.ts';
import { openShellFile } from '../../main/shell/shellFile.ts';
import { windowPlace } from '../../main/shell/windowPlace.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';
import { app } from './standIn/app.ts';
import { BrowserWindow } from './standIn/browserWindow.ts';
import { answers, received } from './standIn/received.ts';
import type { AppEvent } from '../../shared/contract/events.ts';
import type { JobView } from '../../shared/contract/jobCommands.ts';
import type { BrowserWindow as ElectronWindow } from 'electron';

vi.mock('electron', () => import('./standIn/electron.ts'));

function makeWindow(): BrowserWindow & ElectronWindow {
  return new BrowserWindow({ webPreferences: { preload: '' } }) as BrowserWindow & ElectronWindow;
}

function job(change: Partial<JobView>): JobView {
  return {
    id: 'job-1',
    kind: 'import',
    title: 'Importing "Beach"',
    state: 'running',
    note: '',
    progress: { done: 1, total: 4, unit: 'images' },
    rate: null,
    etaSeconds: null,
    error: null,
    runId: null,
    canPause: false,
    canCancel: true,
    startedAt: 0,
    endedAt: null,
    ...change,
  };
}

describe('the place of the window', () => {
  const display = { x: 0, y: 0, width: 1600, height: 1000 };
  const last = { x: 100, y: 100, width: 800, height: 600 };

  it('is where it was', () => expect(windowPlace(last, [display])).toEqual(last));

  it('is a new one when its display has gone', () => {
    const place = windowPlace({ ...last, x: 2000 }, [display]);
    expect(place).toEqual({ width: 1280, height: 860 });
  });

  it('fits a small display', () => {
    expect(windowPlace(undefined, [{ ...display, width: 1024, height: 700 }])).toEqual({
      width: 1024,
      height: 700,
    });
  });

  it('is remembered, and forgotten when its file is damaged', () => {
    const folder = temporaryFolder();
    openShellFile(folder).change({ bounds: last });
    openShellFile(folder).change({ lastFolder: '/photos' });
    expect(openShellFile(folder).read()).toEqual({ bounds: last, lastFolder: '/photos' });
    writeFileSync(join(folder, 'window.json'), '{"bounds":{"x":"left"}}');
    expect(openShellFile(folder).read()).toEqual({});
  });
});

describe('the arguments of the program', () => {
  it('are what a person typed', () => {
    expect(programArguments(['/opt/genoise', 'status', '/p'], false)).toEqual(['status', '/p']);
    expect(programArguments(['electron', '--inspect=0', '/app', '--no-sandbox', '/p'], true)).toEqual(['/p']);
  });

  it('keep the options of commands', () => {
    const given = ['import', '/p', '/i', '--json'];
    expect(programArguments(['/opt/genoise', ...given], false)).toEqual(given);
  });
});

describe('the menu', () => {
  const opened: string[] = [];
  const none = (): void => undefined;
  const actions = {
    newProject: none,
    openProject: none,
    closeProject: none,
    openRecent: (folder: string) => void opened.push(folder),
  };
  const fileMenu = (menu: ReturnType<typeof menuTemplate>): Electron.MenuItemConstructorOptions[] =>
    menu.find(({ label }) => label === '&File')?.submenu as Electron.MenuItemConstructorOptions[];

  it('opens recent projects', () => {
    const items = fileMenu(menuTemplate(actions, [{ folder: '/a', name: 'Birds & bees' }]));
    const recent = items.find(({ label }) => label === 'Open Recent');
    const [first] = recent?.submenu as Electron.MenuItemConstructorOptions[];
    expect(first?.label).toBe('Birds && bees');
    (first?.click as () => void)();
    expect(opened).toEqual(['/a']);
  });

  it('has the roles of each system', () => {
    const roles = (platform: string): unknown[] =>
      menuTemplate(actions, [], platform).map(({ role }) => role);
    expect(roles('darwin')).toEqual(['appMenu', undefined, 'editMenu', undefined, 'windowMenu', 'help']);
    expect(roles('linux')).toEqual([undefined, 'editMenu', undefined, 'windowMenu', 'help']);
    expect(fileMenu(menuTemplate(actions, [], 'linux')).at(-1)?.role).toBe('quit');
  });
});

describe('the progress in the task bar', () => {
  it('is the mean of what is known', () => {
    expect(overall([])).toBe(-1);
    expect(overall([job({ progress: null })])).toBe(2);
    expect(overall([job({}), job({ progress: { done: 3, total: 4, unit: '' } })])).toBe(0.5);
  });

  it('follows the jobs', () => {
    let tell: (event: AppEvent) => void = () => undefined;
    const application = {
      onEvent: (listener: typeof tell) => {
        tell = listener;
        return () => undefined;
      },
    };
    received.progress.length = 0;
    showProgress(application, makeWindow());
    tell({ kind: 'job', job: job({}) });
    tell({ kind: 'job', job: job({ state: 'paused' }) });
    tell({ kind: 'job', job: job({ state: 'done', endedAt: 1 }) });
    expect(received.progress).toEqual([
      [0.25, 'normal'],
      [0.25, 'paused'],
      [-1, 'normal'],
    ]);
  });
});

describe('closing the window', () => {
  let busy: string[];
  let closed: number;
  const application = { busyWith: () => busy, close: async () => void (closed += 1) };

  beforeEach(() => {
    [busy, closed] = [[], 0];
    received.boxes.length = 0;
    answers.boxes.length = 0;
  });

  it('saves without a question when nothing runs', async () => {
    const window = makeWindow();
    closeWithCare(application, window);
    window.close();
    await vi.waitFor(() => expect(window.isDestroyed()).toBe(true));
    expect([closed, received.boxes.length]).toEqual([1, 0]);
  });

  it('asks when something runs, and stays when told so', async () => {
    const window = makeWindow();
    closeWithCare(application, window);
    busy = ['Pretraining on 1,000 images'];
    window.close();
    await vi.waitFor(() => expect(received.boxes).toHaveLength(1));
    expect(received.boxes[0]?.detail).toContain('Pretraining on 1,000 images');
    // The answer is on its way.
    await new Promise((resolve) => setImmediate(resolve));
    expect([closed, window.isDestroyed()]).toEqual([0, false]);
    answers.boxes.push(0);
    window.close();
    await vi.waitFor(() => expect(window.isDestroyed()).toBe(true));
    expect([closed, received.boxes.length]).toEqual([1, 2]);
  });
});

describe('a page that dies', () => {
  it('is loaded again, and after three times in a row only when wanted', async () => {
    const window = makeWindow();
    reviveWindow(window);
    received.boxes.length = 0;
    const die = (reason: string): boolean => window.webContents.emit('render-process-gone', {}, { reason });
    const contents = window.webContents as unknown as { readonly reloads: number };
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    die('clean-exit');
    expect(contents.reloads).toBe(0);
    die('crashed');
    die('oom');
    expect(contents.reloads).toBe(2);
    die('crashed');
    expect(contents.reloads).toBe(2);
    await vi.waitFor(() => expect(contents.reloads).toBe(3));
    expect(received.boxes).toHaveLength(1);
  });
});

describe('a command in place of the window', () => {
  it('needs no window system, and ends with the exit code that it has set', async () => {
    const ended = new Promise((resolve) => app.once('stand-in-exit', resolve));
    await runCommandLine(() => Promise.reject(new Error('this is told')));
    expect(await ended).toBe(1);
    process.exitCode = 0;
    const isLinux = process.platform === 'linux';
    expect(received.switches.filter(([name]) => name === 'ozone-platform')).toEqual(
      isLinux ? [['ozone-platform', 'headless']] : [],
    );
    expect(received.calls).toContain('disableHardwareAcceleration');
  });
});
