import { readdirSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { ZipFile } from 'yazl';

/** Endings of what is compressed already. */
const packed = /\.(jpe?g|png|webp|avif|gif|zip)$/i;

/**
 * A folder with all that is in it as a ZIP archive, written while it is read. The stream is destroyed where a file
 * cannot be read, so that nobody takes a part for the whole.
 */
export function folderArchive(folder: string): Readable {
  const archive = new ZipFile();
  const output = archive.outputStream as Readable;
  archive.on('error', (error: Error) => output.destroy(error));
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const name = [basename(folder), ...relative(folder, path).split(sep)].join('/');
    archive.addFile(path, name, { compress: !packed.test(name) });
  }
  archive.end();
  return output;
}
