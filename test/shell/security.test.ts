import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { packageOptions } from '../../build/packageOptions.ts';
import { channels } from '../../main/shell/channels.ts';
import { contentPolicy } from '../../main/shell/contentPolicy.ts';
import { startShell } from '../../main/shell/index.ts';
import { serveSchemes } from '../../main/shell/protocol.ts';
import { repository } from './builtDesktop.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';
import { app } from './standIn/app.ts';
import { BrowserWindow } from './standIn/browserWindow.ts';
import { answerAddress, ipcHandlers } from './standIn/handlers.ts';
import { received } from './standIn/received.ts';
import { session } from './standIn/session.ts';

vi.mock('electron', () => import('./standIn/electron.ts'));

/** Electron's security checklist, item by item, on what the shell told the stand-in for `electron`. */
describe('the security checklist', () => {
  let preferences: Readonly<Record<string, unknown>>;
  let window: BrowserWindow;
  const page = 'app://genoise/index.html';
  const folder = mkdtempSync(join(tmpdir(), 'genoise-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  beforeAll(async () => {
    process.env.GENOISE_DATA = join(folder, 'data');
    process.env.GENOISE_HOME = folder;
    process.argv.push(`--user-data-dir=${join(folder, 'electron')}`);
    await startShell([]);
    preferences = received.windows[0]?.webPreferences as typeof preferences;
    window = BrowserWindow.all[0] ?? expect.fail('no window was opened');
  });

  function emitted(event: string): boolean {
    let prevented = false;
    window.webContents.emit(event, { preventDefault: () => (prevented = true) }, 'https://example.com');
    return prevented;
  }

  async function callFrom(
    frame: { readonly url: string } | null,
    sender: object = window.webContents,
  ): Promise<unknown> {
    const handler = ipcHandlers.get(channels.call) ?? expect.fail('nobody answers calls');
    return handler({ senderFrame: frame, sender }, 'settings.read', null);
  }

  it('1: loads secure content only', async () => {
    for (const scheme of ['app', 'image'])
      expect(received.schemes.find((each) => each.scheme === scheme)?.privileges.secure).toBe(true);
    for (const url of [
      'http://example.com/',
      'https://example.com/',
      'ws://127.0.0.1:1/',
      'file:///etc/passwd',
    ])
      expect(await session.defaultSession.allows(url)).toBe(false);
    for (const url of [page, 'app://genoise/assets/a.js', 'image://7/thumbnail'])
      expect(await session.defaultSession.allows(url)).toBe(true);
    expect(await session.defaultSession.allows('app://elsewhere/index.html')).toBe(false);
  });

  it('2: gives pages no Node', () => {
    const { nodeIntegration, nodeIntegrationInWorker, nodeIntegrationInSubFrames } = preferences;
    expect([nodeIntegration, nodeIntegrationInWorker, nodeIntegrationInSubFrames]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('3: isolates the preload', () => expect(preferences.contextIsolation).toBe(true));

  it('4: has the sandbox on, for all', () => {
    expect(preferences.sandbox).toBe(true);
    expect(received.calls).toContain('enableSandbox');
  });

  it('5: denies every permission', () => {
    const granted: boolean[] = [];
    for (const name of ['media', 'geolocation', 'notifications', 'clipboard-read', 'fullscreen'])
      session.defaultSession.permissionRequest?.(null, name, (answer) => granted.push(answer));
    expect(granted).toEqual([false, false, false, false, false]);
    expect(session.defaultSession.permissionCheck?.()).toBe(false);
    expect(session.defaultSession.devicePermission?.()).toBe(false);
  });

  it('6: keeps web security on', () => expect(preferences.webSecurity).toBe(true));

  it('7: sends a content security policy that allows nothing but our own', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'index.html'), '<p>');
    serveSchemes({ readPicture: async () => null }, folder);
    const policy = (await answerAddress(page)).headers.get('Content-Security-Policy');
    expect(policy).toBe(contentPolicy);
    const sources = contentPolicy.split('; ').flatMap((directive) => directive.split(' ').slice(1));
    expect(contentPolicy.startsWith("default-src 'none'; ")).toBe(true);
    expect(new Set(sources)).toEqual(new Set(["'none'", "'self'", 'image:', 'blob:']));
  });

  it('8: allows no insecure content', () => expect(preferences.allowRunningInsecureContent).toBe(false));

  it('9 and 10: turns no experiments on', () => {
    expect(preferences.experimentalFeatures).toBe(false);
    expect(preferences).not.toHaveProperty('enableBlinkFeatures');
  });

  it('11 and 12: has no embedded views', () => {
    expect(preferences.webviewTag).toBe(false);
    expect(emitted('will-attach-webview')).toBe(true);
  });

  it('13: goes nowhere', () => {
    for (const event of ['will-navigate', 'will-frame-navigate', 'will-redirect'])
      expect(emitted(event)).toBe(true);
    expect(preferences.navigateOnDragDrop).toBe(false);
  });

  it('14: opens no other windows', () =>
    expect(window.webContents.windowOpen?.()).toEqual({ action: 'deny' }));

  it('15: hands no address to the system', () => {
    const folder = join(repository, 'main/shell');
    for (const file of readdirSync(folder))
      expect(readFileSync(join(folder, file), 'utf8'), file).not.toContain('openExternal');
  });

  it('16: is built on a current Electron', () => {
    const { devDependencies } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
      readonly devDependencies: Readonly<Record<string, string>>;
    };
    expect(Number(/\d+/.exec(devDependencies.electron ?? '')?.[0])).toBeGreaterThanOrEqual(45);
  });

  it("17: answers the window's own page and nobody else", async () => {
    expect(await callFrom(window.webContents.mainFrame)).toHaveProperty('result');
    expect(await callFrom({ url: page })).toHaveProperty('error.code', 'bad-request');
    expect(await callFrom(null)).toHaveProperty('error.code', 'bad-request');
    const stranger = { url: 'https://example.com/' };
    expect(await callFrom(stranger, { mainFrame: stranger })).toHaveProperty('error.code', 'bad-request');
    const disguised = { url: 'https://app.example.com/app://genoise/index.html' };
    expect(await callFrom(disguised, { mainFrame: disguised })).toHaveProperty('error.code', 'bad-request');
  });

  it('17: holds what is asked against the contract', async () => {
    const handler = ipcHandlers.get(channels.call) ?? expect.fail('nobody answers calls');
    const event = { senderFrame: window.webContents.mainFrame, sender: window.webContents };
    expect(await handler(event, '__proto__', null)).toHaveProperty('error.code', 'bad-request');
    expect(await handler(event, 'project.open', { folder: 7 })).toHaveProperty('error.code', 'bad-request');
  });

  it('18: serves pages by a scheme of its own, and nothing beside them', async () => {
    expect(window.webContents.mainFrame.url).toBe(page);
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'renderer'));
    writeFileSync(join(folder, 'renderer/index.html'), '<p>');
    writeFileSync(join(folder, 'secret.html'), 'secret');
    serveSchemes({ readPicture: async () => null }, join(folder, 'renderer'));
    const statusOf = async (url: string, method?: string): Promise<number> =>
      (await answerAddress(url, method)).status;
    expect(await statusOf(page)).toBe(200);
    expect(await statusOf(page, 'POST')).toBe(403);
    for (const path of ['%2e%2e/secret.html', '..%2fsecret.html', '../secret.html', '%00', '%E0%A4%A', ''])
      expect(await statusOf(`app://genoise/${path}`), path).toBe(404);
    expect(await statusOf('app://other/index.html')).toBe(403);
  });

  it('18: serves pictures by their ids only', async () => {
    const asked: unknown[] = [];
    const readPicture = async (id: unknown, size: string): Promise<{ type: string; bytes: Uint8Array }> => {
      asked.push([id, size]);
      return { type: id === 8 ? 'text/html' : 'image/jpeg', bytes: Uint8Array.of(1, 2, 3) };
    };
    serveSchemes({ readPicture }, temporaryFolder());
    const picture = await answerAddress('image://7/thumbnail');
    expect(picture.headers.get('Content-Type')).toBe('image/jpeg');
    expect(new Uint8Array(await picture.arrayBuffer())).toEqual(Uint8Array.of(1, 2, 3));
    for (const url of [
      'image://8/full',
      'image:///etc/passwd',
      'image://7/../x',
      'image://0/full',
      'image://7/raw',
    ])
      expect((await answerAddress(url)).status, url).toBe(404);
    expect(asked).toEqual([
      [7, 'thumbnail'],
      [8, 'full'],
    ]);
  });

  it('19: sets the fuses', () => {
    expect(packageOptions('linux', 'x64').electronFuses).toMatchObject({
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      grantFileProtocolExtraPrivileges: false,
    });
  });

  it('20: shows the page four functions and nothing of Electron', async () => {
    const shown: Record<string, Record<string, unknown>> = {};
    const listeners: ((...given: unknown[]) => void)[] = [];
    vi.doMock('electron', () => ({
      contextBridge: {
        exposeInMainWorld: (name: string, api: Record<string, unknown>) => (shown[name] = api),
      },
      ipcRenderer: { on: (_channel: string, listener: () => void) => listeners.push(listener) },
      webUtils: { getPathForFile: (file: { path: string }) => file.path },
    }));
    await import('../../main/shell/preload.ts');
    expect(Object.keys(shown)).toEqual(['genoise']);
    const { genoise = {} } = shown;
    expect(Object.keys(genoise)).toEqual(['call', 'onEvent', 'pathsOfFiles', 'chooseFolders']);
    const heard: unknown[][] = [];
    (genoise.onEvent as (listener: (...given: unknown[]) => void) => void)((...given) => heard.push(given));
    listeners[0]?.({ sender: 'a secret' }, { kind: 'job-gone', id: '1' });
    expect(heard).toEqual([[{ kind: 'job-gone', id: '1' }]]);
    const paths = genoise.pathsOfFiles as (files: readonly object[]) => readonly string[];
    expect(paths([{ path: '/a' }, { path: '' }])).toEqual(['/a']);
  });

  it("keeps Chromium's own conversations off", () => {
    expect(received.switches).toContainEqual(['host-resolver-rules', 'MAP * ~NOTFOUND']);
    expect(received.switches).toContainEqual(['disable-background-networking']);
    expect(preferences.spellcheck).toBe(false);
    expect(app.listenerCount('child-process-gone')).toBeGreaterThan(0);
  });
});
