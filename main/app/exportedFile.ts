import { statSync } from 'node:fs';
import { join } from 'node:path';
import { findExport } from './exportLists.ts';
import type { ApplicationContext } from './context.ts';

/**
 * Where a file of an export is. Only names that the list of exports itself tells are answered, so that no other file
 * can be asked for.
 * @returns its absolute path; null where there is no such file
 */
export async function exportedFile(
  context: ApplicationContext,
  id: number,
  name: string,
): Promise<string | null> {
  const item = await findExport(context.library(), id).catch(() => null);
  if (!item?.files.some((file) => file.name === name)) return null;
  return statSync(item.path).isFile() ? item.path : join(item.path, name);
}
