import { constants } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { genoiseError } from '../../shared/errors.ts';
import { systemCode } from '../../shared/systemCode.ts';
import { makeDroppedFolder, type DropPlace } from './droppedFolder.ts';

/**
 * Copies single files that were dropped or chosen into the project that takes them: importing the folder around them
 * would take in its other files too. Files of the same name get a number.
 * @param files absolute, at least one
 * @param place without a name: that of the files' folder
 * @returns the folder that holds the copies
 * @throws cannot-write, cannot-read
 */
export async function takeFiles(
  files: readonly string[],
  { project, projectsFolder }: Omit<DropPlace, 'name'>,
): Promise<string> {
  const folder = makeDroppedFolder({ project, projectsFolder, name: basename(dirname(files[0])) });
  const taken = new Set<string>();
  for (const file of files) {
    const name = unusedName(basename(file), taken);
    try {
      await copyFile(file, join(folder, name), constants.COPYFILE_FICLONE);
    } catch (error) {
      throw genoiseError('cannot-read', { path: file, reason: systemCode(error) }, error);
    }
  }
  return folder;
}

function unusedName(name: string, taken: Set<string>): string {
  const ending = extname(name);
  const stem = name.slice(0, name.length - ending.length);
  for (let number = 1; ; number++) {
    const tried = number === 1 ? name : `${stem} ${number}${ending}`;
    if (taken.has(tried.toLowerCase())) continue;
    taken.add(tried.toLowerCase());
    return tried;
  }
}
