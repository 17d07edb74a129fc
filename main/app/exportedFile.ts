import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { findExport } from './exportLists.ts';
import type { ApplicationContext } from './context.ts';

/** Something of an export that can be fetched: absolute path of a file, or of a folder that goes as one archive. */
export interface ExportedFile {
  readonly path: string;
  readonly isFolder: boolean;
}

/**
 * Where a file of an export is, or (`<folder>.zip`) the whole folder. Only names that the list of exports itself tells
 * are answered, so that no other file can be asked for.
 * @returns null where there is no such file
 */
export async function exportedFile(
  context: ApplicationContext,
  id: number,
  name: string,
): Promise<ExportedFile | null> {
  const item = await findExport(context.library(), id).catch(() => null);
  if (!item?.exists) return null;
  const isFolder = statSync(item.path).isDirectory();
  if (isFolder && name === `${basename(item.path)}.zip`) return { path: item.path, isFolder };
  if (!item.files.some((file) => file.name === name)) return null;
  return { path: isFolder ? join(item.path, name) : item.path, isFolder: false };
}
