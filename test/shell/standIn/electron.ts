/**
 * A stand-in for the `electron` module, for tests where its executable cannot be had. It keeps what the shell sets,
 * forks real processes, and opens real pages in Debian's Chromium (`pages.ts`) where `STAND_IN_PAGES` is set. It is no
 * Electron: sandbox, context isolation and fuses are asserted on what the shell asks for, not on what they do.
 */
import { answers, received, type MenuItem, type MessageBox } from './received.ts';
import type { BrowserWindow } from './browserWindow.ts';

export { app } from './app.ts';
export { BrowserWindow } from './browserWindow.ts';
export { session } from './session.ts';
export { utilityProcess } from './utilityProcess.ts';
export { ipcMain, protocol } from './handlers.ts';

export const nativeTheme = { shouldUseDarkColors: false, themeSource: 'system' };

export const screen = {
  getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1600, height: 1000 } }],
};

export const Menu = {
  buildFromTemplate: (template: MenuItem[]) => template,
  setApplicationMenu: (menu: MenuItem[]) => void received.menus.push(menu),
};

export const shell = { showItemInFolder: (path: string) => void received.shown.push(path) };

export const dialog = {
  showMessageBox: async (_window: BrowserWindow, box: MessageBox) => {
    received.boxes.push(box);
    return { response: answers.boxes.shift() ?? box.cancelId ?? 0 };
  },
  showOpenDialog: async (_window: BrowserWindow, options: Record<string, unknown>) => {
    received.openDialogs.push(options);
    const filePaths = answers.folders.shift() ?? [];
    return { canceled: filePaths.length === 0, filePaths };
  },
};
