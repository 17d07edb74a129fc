import { mkdirSync, readdirSync, realpathSync, statSync, type Dirent } from 'node:fs';
import { dirname, join, relative, sep, isAbsolute } from 'node:path';
import { genoiseError } from '../../../shared/errors.ts';
import { systemCode } from '../../../shared/systemCode.ts';
import { isProject } from '../../library/projectFile.ts';
import type { folderCommands } from '../../../shared/contract/folderCommands.ts';
import type { Handlers } from '../handler.ts';

const imageName = /\.(jpe?g|png|webp|gif|tiff?|avif|bmp)$/i;

export const folderHandlers: Handlers<keyof typeof folderCommands> = {
  'folders.list': async ({ options }, request) => {
    const home = realpathSync(options.home);
    const folder = folderBelow(home, request.folder ?? home);
    const entries = list(folder).filter((entry) => !entry.name.startsWith('.'));
    return {
      folder,
      parent: folder === home ? null : dirname(folder),
      folders: entries
        .filter((entry) => isFolder(folder, entry))
        .map(({ name }) => ({ name, path: join(folder, name), isProject: isProject(join(folder, name)) }))
        .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true })),
      isProject: isProject(folder),
      images: entries.filter((entry) => entry.isFile() && imageName.test(entry.name)).length,
    };
  },
  'folders.make': async ({ options }, { parent, name }) => {
    const path = join(folderBelow(realpathSync(options.home), parent), name);
    if (name === '.' || name === '..' || /[/\\]/.test(name)) {
      throw genoiseError('cannot-write', { path, reason: 'a name cannot hold / or \\' });
    }
    try {
      mkdirSync(path);
    } catch (error) {
      throw genoiseError('cannot-write', { path, reason: systemCode(error) }, error);
    }
    return { name, path };
  },
};

/** The folder, links resolved. @throws no-such-folder also for one outside of the home */
function folderBelow(home: string, folder: string): string {
  let real: string;
  try {
    real = realpathSync(folder);
  } catch (error) {
    throw genoiseError('no-such-folder', { folder }, error);
  }
  const way = relative(home, real);
  if (way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way))
    throw genoiseError('no-such-folder', { folder });
  return real;
}

function list(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    throw genoiseError('cannot-read', { path: folder, reason: systemCode(error) }, error);
  }
}

/** Links to folders are folders too. */
function isFolder(folder: string, entry: Dirent): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  try {
    return statSync(join(folder, entry.name)).isDirectory();
  } catch {
    return false;
  }
}
