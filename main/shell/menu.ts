import { app, Menu, type BrowserWindow, type MenuItemConstructorOptions } from 'electron';
import { ask } from '../app/ask.ts';
import { chooseFolders, tellFailure } from './dialogs.ts';
import type { ShellFile } from './shellFile.ts';
import type { Application } from '../app/application.ts';
import type { RecentProject } from '../../shared/contract/projectCommands.ts';

/** Shows the menu, and shows it anew whenever a project was opened or closed. @returns what ends that */
export function keepMenu(application: Application, window: BrowserWindow, shellFile: ShellFile): () => void {
  let shown: string | undefined;
  const show = async (): Promise<void> => {
    const recent = await ask(application, 'project.recent', null);
    const present = recent.filter((project) => project.exists);
    const key = JSON.stringify(present.map(({ folder, name }) => [folder, name]));
    if (key === shown || window.isDestroyed()) return;
    shown = key;
    Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(actions, present)));
  };
  const attempt = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      await tellFailure(window, error);
    }
  };
  const actions: MenuActions = {
    newProject: () =>
      void attempt(async () => {
        const folders = await chooseFolders(window, shellFile);
        if (folders !== null) await application.call('project.create', { folders });
      }),
    openProject: () =>
      void attempt(async () => {
        const title = 'Choose the folder of a Genoise project';
        const folders = await chooseFolders(window, shellFile, { title, several: false });
        if (folders !== null) await application.call('project.open', { folder: folders[0] });
      }),
    openRecent: (folder) => void attempt(() => application.call('project.open', { folder })),
    closeProject: () => void attempt(() => application.call('project.close', null)),
  };
  void show();
  return application.onEvent((event) => {
    if (event.kind === 'project') void show().catch((error: unknown) => console.error(error));
  });
}

export interface MenuActions {
  readonly newProject: () => void;
  readonly openProject: () => void;
  readonly openRecent: (folder: string) => void;
  readonly closeProject: () => void;
}

/** The menu as data. Roles bring each system's own names, keys and behaviour. */
export function menuTemplate(
  actions: MenuActions,
  recent: readonly Pick<RecentProject, 'folder' | 'name'>[],
  platform: string = process.platform,
): MenuItemConstructorOptions[] {
  const mac = platform === 'darwin';
  return [
    ...(mac ? [{ role: 'appMenu' } as const] : []),
    {
      label: '&File',
      submenu: [
        { label: 'New Project from Folders…', accelerator: 'CmdOrCtrl+N', click: actions.newProject },
        { label: 'Open Project…', accelerator: 'CmdOrCtrl+O', click: actions.openProject },
        {
          label: 'Open Recent',
          enabled: recent.length > 0,
          submenu: recent.map(({ folder, name }) => ({
            label: escaped(name),
            sublabel: folder,
            click: () => actions.openRecent(folder),
          })),
        },
        { label: 'Close Project', click: actions.closeProject },
        { type: 'separator' },
        { role: mac ? 'close' : 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'resetZoom' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
        ...(app.isPackaged ? [] : [{ role: 'toggleDevTools' } as const]),
      ],
    },
    { role: 'windowMenu' },
    { role: 'help', submenu: [{ role: 'about' }] },
  ];
}

/** An ampersand in a menu marks the next letter. */
function escaped(name: string): string {
  return name.replaceAll('&', '&&');
}
