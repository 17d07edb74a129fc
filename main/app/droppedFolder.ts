import { existsSync, mkdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { genoiseError } from '../../shared/errors.ts';
import { systemCode } from '../../shared/systemCode.ts';
import { isProject } from '../library/projectFile.ts';
import { makeUnusedFolder } from './makeUnusedFolder.ts';

const below = 'dropped';

export interface DropPlace {
  /** The open project's folder; null when none is open. */
  readonly project: string | null;
  readonly projectsFolder: string;
  /** What was dropped, for people. */
  readonly name: string;
}

/**
 * Makes a folder for files that a browser hands over: in the open project, or where a project that is then made of
 * them will lie. Each drop has one of its own.
 * @returns `<project>/dropped/<number>`
 * @throws cannot-write
 */
export function makeDroppedFolder({ project, projectsFolder, name }: DropPlace): string {
  const owner = project ?? makeUnusedFolder(projectsFolder, name);
  for (let number = 1; ; number++) {
    const folder = join(owner, below, String(number));
    if (existsSync(folder)) continue;
    try {
      mkdirSync(folder, { recursive: true });
    } catch (error) {
      throw genoiseError('cannot-write', { path: folder, reason: systemCode(error) }, error);
    }
    return folder;
  }
}

/**
 * The folder in which a project of dropped files belongs, so that it holds its own images.
 * @param folder a folder of images, links resolved, as `projectsFolder`
 * @returns null for images that were not dropped, or whose folder is a project already
 */
export function projectAroundDropped(projectsFolder: string, folder: string): string | null {
  const [owner, middle, ...rest] = relative(projectsFolder, folder).split(sep);
  if (owner === '..' || middle !== below || rest.length === 0) return null;
  const around = join(projectsFolder, owner);
  return isProject(around) ? null : around;
}
