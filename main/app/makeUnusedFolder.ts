import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { genoiseError } from '../../shared/errors.ts';
import { safeFileName, unusedName } from '../../shared/safeFileName.ts';
import { systemCode } from '../../shared/systemCode.ts';

/**
 * Makes a folder with this name, or with the name and a number where that is taken; characters that some system does
 * not allow in names become blanks.
 * @throws cannot-write
 */
export function makeUnusedFolder(parent: string, name: string): string {
  const bare = name && safeFileName(name, ' ').replace(/^[. ]+|[. ]+$/g, '');
  // Without what stood before it, a name can be that of a device.
  const clean = safeFileName(bare || 'Images', ' ');
  try {
    mkdirSync(parent, { recursive: true });
    const isTaken = (folder: string): boolean => !makeNew(folder);
    return unusedName(join(parent, clean), isTaken, { between: ' ' });
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
