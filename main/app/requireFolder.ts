import { statSync } from 'node:fs';
import { genoiseError } from '../../shared/errors.ts';

/** @throws no-such-folder */
export function requireFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw genoiseError('no-such-folder', { folder });
  }
}
