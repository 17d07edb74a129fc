import { existsSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { genoiseError } from '../../../shared/errors.ts';
import { projectAroundDropped } from '../droppedFolder.ts';
import { makeUnusedFolder } from '../makeUnusedFolder.ts';
import { openSamples } from '../openSamples.ts';
import { startImport } from '../startImport.ts';
import { takeFiles } from '../takeFiles.ts';
import type { projectCommands } from '../../../shared/contract/projectCommands.ts';
import type { ApplicationContext } from '../context.ts';
import type { Handlers } from '../handler.ts';

export const projectHandlers: Handlers<keyof typeof projectCommands> = {
  'project.current': (context) => context.current(),
  'project.recent': async (context) => {
    // Asked for by who is about to choose one.
    context.prepare();
    return [...context.recent.list()];
  },
  'project.forget': async ({ recent }, { folder }) => {
    recent.forget(folder);
    return null;
  },
  'project.open': (context, { folder }) => context.open(folder),
  'project.create': async (context, { folders, name }) => {
    const real = await foldersOf(context, folders, null);
    const around = name === undefined ? aroundDropped(context, real[0]) : null;
    const folder =
      around ?? makeUnusedFolder(context.settings.read().projectsFolder, name ?? basename(real[0]));
    const project = await context.open(folder, true);
    startImport(context, real);
    return project;
  },
  'project.createSample': openSamples,
  'project.import': async (context, { folders }) => {
    const library = context.library();
    const roots = await library.read.listRoots();
    const found = roots.map((root) => root.folder).filter((folder) => existsSync(folder));
    // With none left it is told which folder is gone.
    const known = found.length > 0 ? found : roots.map((root) => root.folder);
    startImport(context, folders.length === 0 ? known : await foldersOf(context, folders, library.folder));
    return null;
  },
  'project.close': async (context) => {
    await context.closeProject();
    return null;
  },
};

/** The folders to import: single files are copied into one first, which then is the first. @throws no-such-folder */
async function foldersOf(
  { settings }: ApplicationContext,
  paths: readonly string[],
  project: string | null,
): Promise<readonly string[]> {
  const real = paths.map(existing);
  const files = real.filter((path) => !statSync(path).isDirectory());
  const folders = real.filter((path) => !files.includes(path));
  if (files.length === 0) return folders;
  const { projectsFolder } = settings.read();
  mkdirSync(projectsFolder, { recursive: true });
  return [realpathSync(await takeFiles(files, { project, projectsFolder })), ...folders];
}

function existing(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    throw genoiseError('no-such-folder', { folder: path }, error);
  }
}

/** The folder that was made for a project of dropped files; null for images that lie elsewhere. */
function aroundDropped({ settings }: ApplicationContext, folder: string): string | null {
  const { projectsFolder } = settings.read();
  return existsSync(projectsFolder) ? projectAroundDropped(realpathSync(projectsFolder), folder) : null;
}
