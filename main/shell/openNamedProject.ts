import { resolve } from 'node:path';
import { tellFailure } from './dialogs.ts';
import type { BrowserWindow } from 'electron';
import type { Application } from '../app/application.ts';

/** Opens the project that the arguments name, if they do. What goes wrong is told beside the window. */
export async function openNamedProject(
  application: Pick<Application, 'call'>,
  window: BrowserWindow,
  given: readonly string[],
  folder: string,
): Promise<void> {
  const project = given.find((argument) => !argument.startsWith('-'));
  if (project === undefined) return;
  try {
    await application.call('project.open', { folder: resolve(folder, project) });
  } catch (error) {
    await tellFailure(window, error);
  }
}
