import { constants, copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { namingFullDisk } from '../../shared/diskFull.ts';
import { genoiseError, GenoiseError } from '../../shared/errors.ts';
import type { Root } from '../../shared/records.ts';
import { findImagesByBytes } from '../library/images.ts';
import { listClasses } from '../library/classes.ts';
import type { ReadableDatabase } from '../library/database.ts';
import { listLabelledFiles, type LabelledFile } from '../library/labels.ts';
import { openProjectReadOnly } from '../library/project.ts';
import { listRoots } from '../library/roots.ts';
import { formatLabelCsv } from './labelCsv.ts';

export const labelFormats = ['csv', 'imagefolder', 'coco'] as const;
export type LabelFormat = (typeof labelFormats)[number];

export interface ExportedLabels {
  readonly format: LabelFormat;
  /** Absolute. */
  readonly path: string;
  readonly labels: number;
  /** Labelled images that could not be exported, with why: only `imagefolder` needs their files. */
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
}

/**
 * Writes the labels of a project, also while another process works on it. `csv`: a file that `genoise label --csv`
 * takes back. `imagefolder`: a new folder with one folder a class and copies of the images. `coco`: one JSON file;
 * COCO knows no labels of whole images, so each is a box as large as its image.
 * Original names and the folders below the root are kept; where there are several roots, each has a folder of its own.
 * @throws no-labels, folder-not-empty (imagefolder), cannot-write, disk-full, not-a-project
 */
export function exportLabels(folder: string, format: LabelFormat, out: string): ExportedLabels {
  const project = openProjectReadOnly(folder);
  const path = resolve(out);
  try {
    const files = listLabelledFiles(project.db);
    if (files.length === 0) throw genoiseError('no-labels', {});
    const skipped = namingFullDisk(dirname(path), () => write(project.db, files, format, path));
    return { format, path, labels: files.length - skipped.length, skipped };
  } catch (error) {
    if (error instanceof GenoiseError || !(error instanceof Error) || !('code' in error)) throw error;
    throw genoiseError('cannot-write', { path, reason: String(error.code) }, error);
  } finally {
    project.close();
  }
}

function write(
  db: ReadableDatabase,
  files: readonly LabelledFile[],
  format: LabelFormat,
  path: string,
): ExportedLabels['skipped'] {
  if (format === 'imagefolder') return copyIntoFolders(db, files, path);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, format === 'csv' ? csvOf(db, files) : cocoOf(db, files));
  return [];
}

function csvOf(db: ReadableDatabase, files: readonly LabelledFile[]): string {
  const roots = rootsById(db);
  return formatLabelCsv(
    files.map((file) => {
      const root = roots.get(file.rootId)?.folder ?? '';
      // Below two roots the path alone would mean both.
      const isOnly = roots.size === 1 || findImagesByBytes(db, file.relativePath).length === 1;
      const path = isOnly ? file.relativePath : Buffer.concat([Buffer.from(`${root}/`), file.relativePath]);
      return { path, label: file.className, root, heldOut: file.heldOut };
    }),
  );
}

function cocoOf(db: ReadableDatabase, files: readonly LabelledFile[]): string {
  const prefixes = rootPrefixes(db);
  const categories = listClasses(db).map(({ id, name }) => ({ id, name, supercategory: '' }));
  const images = files.map(({ imageId, rootId, relativePath, width, height }) => {
    const name = Buffer.from(relativePath).toString('utf8');
    return { id: imageId, file_name: (prefixes.get(rootId) ?? '') + name, width, height };
  });
  const annotations = files.map(({ imageId, classId, width, height }, i) => {
    const shape = { bbox: [0, 0, width, height], area: width * height, iscrowd: 0 };
    return { id: i + 1, image_id: imageId, category_id: classId, ...shape };
  });
  return `${JSON.stringify({ info: { description: 'Labels of whole images' }, images, annotations, categories })}\n`;
}

function copyIntoFolders(
  db: ReadableDatabase,
  files: readonly LabelledFile[],
  out: string,
): ExportedLabels['skipped'] {
  if (existsSync(out) && readdirSync(out).length > 0) throw genoiseError('folder-not-empty', { folder: out });
  const roots = rootsById(db);
  const prefixes = rootPrefixes(db);
  const classFolders = folderNames(listClasses(db).map(({ id, name }) => [id, name]));
  mkdirSync(out, { recursive: true });
  return files.flatMap((file) => {
    const root = roots.get(file.rootId)?.folder ?? '';
    const start = `${join(out, classFolders.get(file.classId) ?? '')}/${prefixes.get(file.rootId) ?? ''}`;
    const from = Buffer.concat([Buffer.from(`${root}/`), file.relativePath]);
    const reason = copyFile(from, Buffer.concat([Buffer.from(start), file.relativePath]));
    return reason === null ? [] : [{ file: from.toString('utf8'), reason }];
  });
}

/** @returns why the original cannot be read; what cannot be written is thrown */
function copyFile(from: Buffer, to: Buffer): string | null {
  mkdirSync(to.subarray(0, to.lastIndexOf('/')), { recursive: true });
  try {
    // Shares the bytes where the file system can, and never writes over a file.
    copyFileSync(from, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    return null;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ENOENT' || code === 'EACCES')
      return code === 'ENOENT' ? 'it is gone' : 'it may not be read';
    throw error;
  }
}

function rootsById(db: ReadableDatabase): ReadonlyMap<number, Root> {
  return new Map(listRoots(db).map((root) => [root.id, root]));
}

/** With several roots a folder for each, ending in `/`: files of the same path below two of them do not collide. */
function rootPrefixes(db: ReadableDatabase): ReadonlyMap<number, string> {
  const roots = listRoots(db);
  if (roots.length < 2) return new Map();
  const names = folderNames(roots.map(({ id, folder }) => [id, basename(folder)]));
  return new Map([...names].map(([id, name]) => [id, `${name}/`]));
}

/** A different folder name for each, the same on every system: what may not be in one is `_`, a second one is `name-2`. */
function folderNames(named: readonly (readonly [number, string])[]): ReadonlyMap<number, string> {
  const taken = new Set<string>();
  return new Map(
    named.map(([id, name]) => {
      const plain = safeName(name);
      let unique = plain;
      for (let i = 2; taken.has(unique.toLowerCase()); i++) unique = `${plain}-${i}`;
      taken.add(unique.toLowerCase());
      return [id, unique];
    }),
  );
}

function safeName(name: string): string {
  const plain = name
    .replace(/[\u0000-\u001f<>:"/\\|?*]/g, '_')
    .replace(/[. ]+$/, (end) => '_'.repeat(end.length));
  return plain === '' || /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(plain) ? `_${plain}` : plain;
}
