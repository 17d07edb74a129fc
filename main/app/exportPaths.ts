import { existsSync } from 'node:fs';
import { basename, extname, isAbsolute, join, relative, sep } from 'node:path';
import { unusedName } from '../../shared/safeFileName.ts';
import { requireFolder } from './requireFolder.ts';
import type { ReadOnlyLibrary } from '../library/client.ts';

/**
 * A path that is not there yet, in the project's folder for exports or in another one: `beach-classifier-2026-11-24`,
 * with a number where that is taken.
 * @throws no-such-folder
 */
export function unusedExportPath(library: ReadOnlyLibrary, into: string | null, name: string): string {
  if (into !== null) requireFolder(into);
  const folder = into ?? library.exportsFolder;
  const end = extname(name);
  const start = `${name.slice(0, name.length - end.length)}-${today()}`;
  return unusedName(join(folder, start), existsSync, { end });
}

/** The project's name, or another one, without what file systems do not take. */
export function fileNamePart(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-').replaceAll(/^[-.]+|[-.]+$/g, '') || 'genoise';
}

export function projectNamePart({ folder }: ReadOnlyLibrary): string {
  return fileNamePart(basename(folder));
}

/** As it is stored: below the project's folder, so that it survives a move of it, where that holds it. */
export function storedExportPath({ folder }: ReadOnlyLibrary, path: string): string {
  const below = relative(folder, path);
  const isInside = below !== '' && !below.startsWith('..') && !isAbsolute(below);
  return isInside ? below.split(sep).join('/') : path;
}

/** The inverse of `storedExportPath`. */
export function exportPath({ folder }: ReadOnlyLibrary, stored: string): string {
  return isAbsolute(stored) ? stored : join(folder, ...stored.split('/'));
}

function today(): string {
  const date = new Date();
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
