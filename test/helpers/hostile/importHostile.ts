import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { importFolders } from '../../../main/importer/importFolders.ts';
import type { ImportedImage, RootId } from '../../../shared/records.ts';
import { hostilePath, type HostileFile } from './hostileFile.ts';
import { hostilePlaces } from './hostilePlaces.ts';
import { readableFiles } from './readableFiles.ts';
import { unusableFiles } from './unusableFiles.ts';

/** A hostile file with what the import said of it; null when it got no row. */
export interface ToldFile {
  readonly file: HostileFile;
  readonly row: ImportedImage | null;
}

const nobody = 65_534;

/** All kinds. */
export async function hostileFiles(): Promise<readonly HostileFile[]> {
  return [...(await readableFiles()), ...(await unusableFiles()), ...(await hostilePlaces())];
}

/**
 * Writes the files below `folder` and imports them, as a user with no special rights: root may read everything.
 * @param folder empty; its `photos/` and `pixels/` are made
 */
export async function importHostile(
  folder: string,
  files: readonly HostileFile[],
): Promise<readonly ToldFile[]> {
  const [photos, pixelsFolder] = [join(folder, 'photos'), join(folder, 'pixels')];
  for (const each of [photos, pixelsFolder]) mkdirSync(each);
  for (const file of files) file.write(hostilePath(photos, file), photos);
  mkdirSync(join(photos, 'closed'));
  writeFileSync(join(photos, 'closed', 'never-seen.png'), '');
  chmodSync(join(photos, 'closed'), 0);
  const rows = await asNobody([folder, pixelsFolder], async () => {
    const request = {
      pixelsFolder,
      roots: [{ rootId: 1 as RootId, folder: photos }],
      known: [],
      slotsInUse: 0,
      slotSize: 64,
      thumbnails: true,
    };
    const found = new Map<string, ImportedImage>();
    for await (const { images } of importFolders(request, {
      onProgress: ({ phase }) => phase === 'planned' && disturb(photos, files),
    })) {
      for (const image of images) found.set(keyOf(image.relativePath), image);
    }
    return found;
  });
  return files.map((file) => ({ file, row: rows.get(keyOf(Buffer.from(file.name))) ?? null }));
}

function disturb(photos: string, files: readonly HostileFile[]): void {
  const changes = files.filter((file) => file.meanwhile !== undefined);
  asRoot(() => changes.forEach((file) => file.meanwhile?.(hostilePath(photos, file))));
}

function keyOf(name: Uint8Array): string {
  return Buffer.from(name).toString('latin1');
}

const isRoot = process.getuid?.() === 0;

/** Runs `work` as a user who does not own everything; `owned` becomes theirs. Root may read everything. */
export async function asNobody<T>(owned: readonly string[], work: () => Promise<T>): Promise<T> {
  if (!isRoot) return work();
  for (const folder of owned) chownSync(folder, nobody, nobody);
  process.seteuid?.(nobody);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

function asRoot(work: () => void): void {
  if (isRoot) process.seteuid?.(0);
  try {
    work();
  } finally {
    if (isRoot) process.seteuid?.(nobody);
  }
}

/** Size, times, mode and content of everything below `folder`, by path: what an import must leave as it is. */
export function fingerprint(folder: string): ReadonlyMap<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true, encoding: 'latin1' });
  return new Map(
    entries.map((entry) => {
      const path = Buffer.from(join(entry.parentPath, entry.name), 'latin1');
      const { size, mtimeMs, mode, ino } = lstatSync(path);
      const content =
        entry.isFile() && size < 2 ** 24 ? createHash('sha256').update(readFileSync(path)).digest('hex') : '';
      return [path.toString('latin1'), [size, mtimeMs, mode, ino, content].join()];
    }),
  );
}
