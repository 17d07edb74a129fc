import { fileURLToPath } from 'node:url';
import { app, nativeTheme, session, type BrowserWindow } from 'electron';
import { createApplication, type Application } from '../app/application.ts';
import { applicationFolders } from '../app/applicationFolders.ts';
import { ask } from '../app/ask.ts';
import { useForker } from '../app/useForker.ts';
import { closeWithCare } from './closing.ts';
import { logDeaths, reviveWindow } from './crashes.ts';
import { chooseFolders } from './dialogs.ts';
import { forkUtility } from './forkUtility.ts';
import { answerCalls, tellWindow } from './ipc.ts';
import { keepMenu } from './menu.ts';
import { holdNavigation } from './navigation.ts';
import { blockRequests, switchNetworkOff } from './network.ts';
import { openNamedProject } from './openNamedProject.ts';
import { denyPermissions } from './permissions.ts';
import { showProgress } from './progressBar.ts';
import { registerSchemes, serveSchemes } from './protocol.ts';
import { showInFolder } from './showInFolder.ts';
import { openShellFile } from './shellFile.ts';
import { focusWindow, openWindow } from './window.ts';
import type { Settings } from '../../shared/contract/settingsCommands.ts';

const rendererFolder = fileURLToPath(new URL('../renderer/', import.meta.url));

/**
 * Opens the desktop application. A second start of it hands its arguments to the first and ends.
 * Must not be awaited by the main module: Electron is not ready before that has ended.
 * @param given what a person typed behind the program's name: at most the folder of a project
 */
export async function startShell(given: readonly string[]): Promise<void> {
  if (!app.requestSingleInstanceLock({ given, folder: process.cwd() })) {
    app.quit();
    return;
  }
  registerSchemes();
  switchNetworkOff();
  app.enableSandbox();
  holdNavigation();
  logDeaths();
  await app.whenReady();

  useForker(forkUtility);
  denyPermissions(session.defaultSession);
  blockRequests(session.defaultSession);
  const folders = applicationFolders();
  const application = createApplication({ ...folders, door: 'desktop', showInFolder });
  serveSchemes(application, rendererFolder);
  followTheme(application);
  const shellFile = openShellFile(folders.dataFolder);
  const window = openWindow(shellFile);
  answerCalls(application, () => chooseFolders(window, shellFile));
  tellWindow(application, window);
  reviveWindow(window);
  showProgress(application, window);
  keepMenu(application, window, shellFile);
  closeWithCare(application, window);
  openFromOutside(application, window);
  await openNamedProject(application, window, given, process.cwd());
}

/** A second start, and on macOS the dock and the Finder, bring this window to the front. */
function openFromOutside(application: Application, window: BrowserWindow): void {
  app.on('second-instance', (_event, _argv, _folder, data) => {
    focusWindow(window);
    const { given, folder } = data as { readonly given: readonly string[]; readonly folder: string };
    void openNamedProject(application, window, given, folder);
  });
  app.on('activate', () => focusWindow(window));
  app.on('open-file', (event, path) => {
    event.preventDefault();
    void openNamedProject(application, window, [path], '/');
  });
}

/** Menus and dialogs of the system wear what the pages do. */
function followTheme(application: Application): void {
  const wear = ({ theme }: Pick<Settings, 'theme'>): void => {
    nativeTheme.themeSource = theme;
  };
  void ask(application, 'settings.read', null).then(wear);
  application.onEvent((event) => {
    if (event.kind === 'settings') wear(event.settings);
  });
}
