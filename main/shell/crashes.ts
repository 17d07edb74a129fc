import { app, dialog, type BrowserWindow } from 'electron';

const mostInARow = 3;
const rowMs = 60_000;

/**
 * A page that dies comes back to the same place: its address keeps the place in its hash, and everything else is the
 * application's, which lives on. One that dies again and again is not restarted without asking.
 */
export function reviveWindow(window: BrowserWindow): void {
  let deaths: number[] = [];
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    console.error(`The window's page has ended (${reason}); it is loaded again.`);
    const now = Date.now();
    deaths = [...deaths.filter((at) => now - at < rowMs), now];
    if (deaths.length < mostInARow) window.webContents.reload();
    else void askToReload(window);
  });
}

async function askToReload(window: BrowserWindow): Promise<void> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'error',
    title: 'Genoise',
    message: 'The window keeps breaking down.',
    detail:
      'Your labels and projects are safe. Load the window again, or close Genoise and restart the computer.',
    buttons: ['Load again', 'Close Genoise'],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  });
  if (response === 0) window.webContents.reload();
  else window.close();
}

/** Tells in the log of every process of Electron's that died; the jobs' own are told of by `forkUtility`. */
export function logDeaths(): void {
  app.on('child-process-gone', (_event, { type, reason, exitCode, name }) => {
    if (reason !== 'clean-exit') console.error(`Process ${name ?? type} has ended: ${reason} (${exitCode}).`);
  });
}
