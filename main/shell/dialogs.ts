import { dirname } from 'node:path';
import { dialog, type BrowserWindow } from 'electron';
import { errorToPlain } from '../../shared/errors.ts';
import type { ShellFile } from './shellFile.ts';

/** Asks for folders; begins where one was chosen last. @returns null when it was cancelled */
export async function chooseFolders(
  window: BrowserWindow,
  shellFile: ShellFile,
  { title = 'Choose folders with images', several = true } = {},
): Promise<readonly string[] | null> {
  const { lastFolder } = shellFile.read();
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    title,
    properties: ['openDirectory', ...(several ? (['multiSelections'] as const) : [])],
    ...(lastFolder !== undefined && { defaultPath: lastFolder }),
  });
  const [first] = filePaths;
  if (canceled || first === undefined) return null;
  shellFile.change({ lastFolder: dirname(first) });
  return filePaths;
}

/** Tells of a failure of something that was asked for outside of the page: in the menu, in the command's arguments. */
export async function tellFailure(window: BrowserWindow, error: unknown): Promise<void> {
  const { message, remedy } = errorToPlain(error);
  await dialog.showMessageBox(window, {
    type: 'error',
    title: 'Genoise',
    message,
    detail: remedy,
    buttons: ['OK'],
  });
}

/**
 * Asks whether to close although something is under way.
 * @param busy what would be stopped, sentences for people
 */
export async function confirmClose(window: BrowserWindow, busy: readonly string[]): Promise<boolean> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    title: 'Genoise',
    message: 'Genoise is still working. Stop and close?',
    detail: [
      ...busy.map((title) => `• ${title}`),
      '',
      'What is done so far is saved. When you open Genoise again, you can go on from there.',
    ].join('\n'),
    buttons: ['Stop and close', 'Keep working'],
    defaultId: 1,
    cancelId: 1,
    noLink: true,
  });
  return response === 0;
}
