import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { genoiseError } from '../../shared/errors.ts';
import { systemCode } from '../../shared/systemCode.ts';

/**
 * Makes a folder with this name, or with the name and a number where that is taken; characters that some system does
 * not allow in names become blanks.
 * @throws cannot-write
 */
export function makeUnusedFolder(parent: string, name: string): string {
  const clean = name.replaceAll(/[/\\:*?"<>|\p{Cc}]/gu, ' ').replace(/^[. ]+|[. ]+$/g, '') || 'Images';
  try {
    mkdirSync(parent, { recursive: true });
    for (let number = 1; ; number++) {
      const folder = join(parent, number === 1 ? clean : `${clean} ${number}`);
      if (makeNew(folder)) return folder;
    }
  } catch (error) {
    throw genoiseError('cannot-write', { path: parent, reason: systemCode(error) }, error);
  }
}

function makeNew(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}
