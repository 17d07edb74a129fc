import { existsSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { genoiseError } from '../../../shared/errors.ts';
import { projectAroundDropped } from '../droppedFolder.ts';
import { startImport } from '../startImport.ts';
import type { projectCommands } from '../../../shared/contract/projectCommands.ts';
import type { ApplicationContext } from '../context.ts';
import type { Handlers } from '../handler.ts';

export const projectHandlers: Handlers<keyof typeof projectCommands> = {
  'project.current': (context) => context.current(),
  'project.recent': async ({ recent }) => [...recent.list()],
  'project.forget': async ({ recent }, { folder }) => {
    recent.forget(folder);
    return null;
  },
  'project.open': (context, { folder }) => context.open(folder),
  'project.create': async (context, { folders, name }) => {
    const real = folders.map(existing);
    const around = name === undefined ? aroundDropped(context, real[0]) : null;
    const folder = around ?? newProjectFolder(context, name ?? basename(real[0]));
    const project = await context.open(folder, true);
    startImport(context, real);
    return project;
  },
  'project.import': async (context, { folders }) => {
    const library = context.library();
    const roots = await library.read.listRoots();
    startImport(context, folders.length === 0 ? roots.map((root) => root.folder) : folders.map(existing));
    return null;
  },
  'project.close': async (context) => {
    await context.closeProject();
    return null;
  },
};

/** A folder that is dropped, or the folder of a file. @throws no-such-folder */
function existing(path: string): string {
  let real: string;
  try {
    real = realpathSync(path);
  } catch (error) {
    throw genoiseError('no-such-folder', { folder: path }, error);
  }
  return statSync(real).isDirectory() ? real : dirname(real);
}

/** The folder that was made for a project of dropped files; null for images that lie elsewhere. */
function aroundDropped({ settings }: ApplicationContext, folder: string): string | null {
  const { projectsFolder } = settings.read();
  return existsSync(projectsFolder) ? projectAroundDropped(realpathSync(projectsFolder), folder) : null;
}

/** A folder for a new project, whose name nothing has yet. */
function newProjectFolder({ settings }: ApplicationContext, name: string): string {
  const { projectsFolder } = settings.read();
  try {
    mkdirSync(projectsFolder, { recursive: true });
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw genoiseError('cannot-write', { path: projectsFolder, reason }, error);
  }
  const clean = name.replaceAll(/[/\\:*?"<>|\p{Cc}]/gu, ' ').trim() || 'Images';
  for (let number = 1; ; number++) {
    const folder = join(projectsFolder, number === 1 ? clean : `${clean} ${number}`);
    if (!existsSync(folder)) return folder;
  }
}
