import { genoiseError } from '../../shared/errors.ts';
import { safeFileName } from '../../shared/safeFileName.ts';

const longestName = 255;
const longestPath = 4096;
const deepest = 64;

/**
 * Takes apart the path that a browser gives a dropped file, below a folder of ours: names only, none of which leads
 * out of it.
 * @param system as `process.platform`: Windows takes fewer characters, for which `_` then stands
 * @throws bad-file-name
 */
export function uploadPath(path: string, system: NodeJS.Platform = process.platform): readonly string[] {
  const names = path.split('/');
  const isGood =
    Buffer.byteLength(path) <= longestPath && names.length <= deepest && names.every((name) => isName(name));
  if (!isGood) throw genoiseError('bad-file-name', { path });
  return system === 'win32' ? names.map((name) => safeFileName(name)) : names;
}

function isName(name: string): boolean {
  return (
    name !== '' &&
    name !== '.' &&
    name !== '..' &&
    !name.includes('\0') &&
    name.isWellFormed() &&
    Buffer.byteLength(name) <= longestName
  );
}
