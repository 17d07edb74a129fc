import { app, type BrowserWindow } from 'electron';
import { confirmClose } from './dialogs.ts';
import type { Application } from '../app/application.ts';

/**
 * Closing the window asks where something is under way, then saves, then leaves. Until all is saved the process lives
 * on, its window hidden.
 */
export function closeWithCare(
  application: Pick<Application, 'busyWith' | 'close'>,
  window: BrowserWindow,
): void {
  let state: 'open' | 'asking' | 'saving' | 'saved' = 'open';

  async function ask(): Promise<void> {
    const busy = application.busyWith();
    state = 'asking';
    if (busy.length > 0 && !(await confirmClose(window, busy))) {
      state = 'open';
      return;
    }
    state = 'saving';
    window.hide();
    await application.close().catch((error: unknown) => console.error(error));
    state = 'saved';
    window.destroy();
    app.quit();
  }

  window.on('close', (event) => {
    if (state === 'saved') return;
    event.preventDefault();
    if (state === 'open') void ask();
  });
  app.on('window-all-closed', () => app.quit());
}
