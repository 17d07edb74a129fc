import { ipcMain, type BrowserWindow, type IpcMainInvokeEvent } from 'electron';
import { appEvent } from '../../shared/contract/events.ts';
import { errorToPlain, genoiseError, type PlainError } from '../../shared/errors.ts';
import { isOwnPage } from './addresses.ts';
import { channels } from './channels.ts';
import type { Application } from '../app/application.ts';

export type Answer = { readonly result: unknown } | { readonly error: PlainError };

/**
 * Answers the window's calls. Who asks is checked here, what is asked by the application against the contract.
 * An error travels as a plain object: as an Error it would lose its code.
 */
export function answerCalls(
  application: Pick<Application, 'call'>,
  chooseFolders: () => Promise<readonly string[] | null>,
): void {
  ipcMain.handle(channels.call, (event, name: unknown, request: unknown) =>
    answer(event, async () => application.call(String(name), request ?? null)),
  );
  ipcMain.handle(channels.chooseFolders, async (event) => {
    if (!isOwnFrame(event)) return null;
    return chooseFolders();
  });
}

/** Tells the window what the application tells. @returns what ends it */
export function tellWindow(application: Pick<Application, 'onEvent'>, window: BrowserWindow): () => void {
  return application.onEvent((event) => {
    const checked = appEvent.safeParse(event);
    if (!checked.success) console.error(`An event that the contract does not know: ${checked.error.message}`);
    else if (!window.isDestroyed()) window.webContents.send(channels.event, checked.data);
  });
}

async function answer(event: IpcMainInvokeEvent, call: () => Promise<unknown>): Promise<Answer> {
  try {
    if (!isOwnFrame(event))
      throw genoiseError('bad-request', { command: 'call', problem: 'it does not come from the window' });
    return { result: await call() };
  } catch (error) {
    return { error: errorToPlain(error) };
  }
}

/** Only the window's own page may ask, no frame inside of it. The frame is null once it has gone. */
function isOwnFrame({ senderFrame, sender }: IpcMainInvokeEvent): boolean {
  return senderFrame !== null && senderFrame === sender.mainFrame && isOwnPage(senderFrame.url);
}
