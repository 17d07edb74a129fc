import { fileURLToPath } from 'node:url';
import { app, BrowserWindow, nativeTheme, screen } from 'electron';
import { startPage } from './addresses.ts';
import { smallest, windowPlace } from './windowPlace.ts';
import type { ShellFile } from './shellFile.ts';

const preload = fileURLToPath(new URL('../preload/preload.cjs', import.meta.url));

/** The window with our pages. What it may not do is written out, defaults or not. */
export function openWindow(shellFile: ShellFile): BrowserWindow {
  const { bounds, maximized = false } = shellFile.read();
  const areas = screen.getAllDisplays().map((display) => display.workArea);
  const window = new BrowserWindow({
    ...windowPlace(bounds, areas),
    ...smallest,
    title: 'Genoise',
    show: false,
    // The pages' own colours: what shows before they do must not flash.
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#16181d' : '#ffffff',
    webPreferences: {
      preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      // It would download dictionaries.
      spellcheck: false,
      devTools: !app.isPackaged,
    },
  });
  if (maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => {
    const place = { bounds: window.getNormalBounds(), maximized: window.isMaximized() };
    shellFile.change(place);
  });
  void window.loadURL(startPage);
  return window;
}

/** Brings the window before the person who asked for it. */
export function focusWindow(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
