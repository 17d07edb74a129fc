import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { appVersion } from '../../../shared/appVersion.ts';
import { findDevices } from '../findDevices.ts';
import { isProject } from '../../library/projectFile.ts';
import type { settingsCommands } from '../../../shared/contract/settingsCommands.ts';
import type { Handlers } from '../handler.ts';

export const settingsHandlers: Handlers<keyof typeof settingsCommands> = {
  'settings.read': async ({ settings }) => settings.read(),
  'settings.change': async ({ settings, events }, request) => {
    const { theme, keys, projectsFolder, advance } = request;
    const changed = settings.change({
      ...(theme !== undefined && { theme }),
      ...(keys !== undefined && { keys }),
      ...(projectsFolder !== undefined && { projectsFolder }),
      ...(advance !== undefined && { advance }),
    });
    events.emit({ kind: 'settings', settings: changed });
    return changed;
  },
  'settings.storage': async ({ settings, recent }) => {
    const { projectsFolder } = settings.read();
    const kept = await foldersIn(projectsFolder);
    const folders = new Set([...kept, ...recent.list().map((project) => project.folder)]);
    const projects = [...folders].filter((folder) => isProject(folder));
    return Promise.all(
      projects.map(async (folder) => ({ folder, name: basename(folder), bytes: await sizeOf(folder) })),
    );
  },
  'settings.about': async ({ options }) => ({
    version: appVersion,
    door: options.door,
    devices: (await findDevices()).filter(({ available }) => available).map(({ device }) => device),
  }),
};

async function foldersIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name));
}

/** Bytes of all files in a project's folder, which holds few of them. */
async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    // A file that has just gone takes no space.
    files.map((file) =>
      stat(join(file.parentPath, file.name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
