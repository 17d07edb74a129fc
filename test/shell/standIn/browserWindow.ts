import { EventEmitter } from 'node:events';
import { app } from './app.ts';
import { openPage, type StandInPage } from './pages.ts';
import { received } from './received.ts';

interface Options {
  readonly webPreferences: { readonly preload: string };
}

/** Electron's `webContents`: its page is one of Chromium's, where pages are opened at all. */
class StandInContents extends EventEmitter {
  readonly mainFrame = { url: '' };
  page: StandInPage | null = null;
  windowOpen: (() => { action: string }) | null = null;
  reloads = 0;
  readonly sent: unknown[] = [];

  setWindowOpenHandler(handler: () => { action: string }): void {
    this.windowOpen = handler;
  }

  send(channel: string, value: unknown): void {
    // As Electron does: what cannot be cloned is refused.
    const cloned: unknown = structuredClone(value);
    this.sent.push(cloned);
    this.page?.tell(channel, cloned);
  }

  reload(): void {
    this.reloads += 1;
    void this.page?.reload();
  }
}

/** Electron's `BrowserWindow`. */
export class BrowserWindow extends EventEmitter {
  static readonly all: BrowserWindow[] = [];
  readonly webContents = new StandInContents();
  readonly #preload: string;
  #state: 'open' | 'destroyed' = 'open';
  readonly calls: string[] = [];
  minimized = false;
  bounds = { x: 40, y: 30, width: 1000, height: 700 };

  constructor(options: Options & Record<string, unknown>) {
    super();
    received.windows.push(options);
    this.#preload = options.webPreferences.preload;
    BrowserWindow.all.push(this);
    app.windows.add(this);
    app.emit('web-contents-created', {}, this.webContents);
  }

  async loadURL(address: string): Promise<void> {
    this.webContents.mainFrame.url = address;
    this.webContents.page = await openPage(address, this.#preload, this.webContents);
    this.emit('ready-to-show');
  }

  close(): void {
    let prevented = false;
    this.emit('close', { preventDefault: () => (prevented = true) });
    if (!prevented) this.destroy();
  }

  destroy(): void {
    if (this.#state === 'destroyed') return;
    this.#state = 'destroyed';
    app.windows.delete(this);
    this.emit('closed');
    if (app.windows.size === 0) app.emit('window-all-closed');
  }

  isDestroyed(): boolean {
    return this.#state === 'destroyed';
  }

  isMinimized(): boolean {
    return this.minimized;
  }

  isMaximized(): boolean {
    return this.calls.includes('maximize');
  }

  getNormalBounds(): typeof this.bounds {
    return this.bounds;
  }

  setProgressBar(value: number, { mode }: { readonly mode: string }): void {
    received.progress.push([value, mode]);
  }

  show(): void {
    this.calls.push('show');
  }

  hide(): void {
    this.calls.push('hide');
  }

  focus(): void {
    this.calls.push('focus');
  }

  restore(): void {
    this.calls.push('restore');
    this.minimized = false;
  }

  maximize(): void {
    this.calls.push('maximize');
  }
}
