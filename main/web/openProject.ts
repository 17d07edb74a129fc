import { join } from 'node:path';
import { readJson, writeJson } from '../app/jsonFile.ts';
import { ask } from '../app/ask.ts';
import type { Application } from '../app/application.ts';

/**
 * Keeps in mind which project is open, from now until `stop`: pages that find a server that was started again, or
 * killed, are to find their project in it.
 */
export function rememberOpenProject(application: Application, dataFolder: string): { stop(): void } {
  const stop = application.onEvent((event) => {
    if (event.kind !== 'project') return;
    try {
      writeJson(fileIn(dataFolder), { project: event.project?.folder ?? null });
    } catch {
      // Then its pages begin at the list of projects.
    }
  });
  return { stop };
}

/** Opens what was open when the server ended. What is gone, or cannot be opened, is left to the list of projects. */
export async function openRememberedProject(application: Application, dataFolder: string): Promise<void> {
  const { project } = readJson(fileIn(dataFolder));
  if (typeof project !== 'string') return;
  await ask(application, 'project.open', { folder: project }).catch(() => undefined);
}

function fileIn(dataFolder: string): string {
  return join(dataFolder, 'browser-project.json');
}
