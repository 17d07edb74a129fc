import { constants, existsSync, readdirSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { isDiskFull } from '../../shared/diskFull.ts';
import { genoiseError, GenoiseError } from '../../shared/errors.ts';
import { systemCode } from '../../shared/systemCode.ts';
import type { LabelFormat } from '../../shared/exports.ts';
import type { ClassRow, Root } from '../../shared/records.ts';
import { safeFileName, unusedName } from '../../shared/safeFileName.ts';
import type { ReadOnlyLibrary } from '../library/client.ts';
import type { LabelledFile } from '../library/labels.ts';
import { formatLabelCsv } from './labelCsv.ts';

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
 * @throws no-labels, folder-not-empty (imagefolder), cannot-write, disk-full
 */
export async function exportLabels(
  { read }: ReadOnlyLibrary,
  format: LabelFormat,
  out: string,
): Promise<ExportedLabels> {
  const files = await read.listLabelledFiles();
  if (files.length === 0) throw genoiseError('no-labels', {});
  const roots = await read.listRoots();
  const context = { files, roots, classes: await read.listClasses() };
  const path = resolve(out);
  try {
    const skipped = await write(context, format, path);
    return { format, path, labels: files.length - skipped.length, skipped };
  } catch (error) {
    if (isDiskFull(error)) throw genoiseError('disk-full', { folder: dirname(path) }, error);
    if (error instanceof GenoiseError || !(error instanceof Error) || !('code' in error)) throw error;
    throw genoiseError('cannot-write', { path, reason: String(error.code) }, error);
  }
}

/** What is written: all that the project knows about its labels. */
interface Labels {
  readonly files: readonly LabelledFile[];
  readonly roots: readonly Root[];
  readonly classes: readonly ClassRow[];
}

async function write(labels: Labels, format: LabelFormat, path: string): Promise<ExportedLabels['skipped']> {
  if (format === 'imagefolder') return copyIntoFolders(labels, path);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, format === 'csv' ? csvOf(labels) : cocoOf(labels));
  return [];
}

function csvOf(labels: Labels): string {
  const folders = rootFolders(labels);
  return formatLabelCsv(
    labels.files.map((file) => {
      const root = folders.get(file.rootId) ?? '';
      const whole = Buffer.concat([Buffer.from(`${root}/`), file.relativePath]);
      // Where several roots have it, the path alone would mean all of them.
      const path = file.samePath > 1 ? whole : file.relativePath;
      return { path, label: file.className, root, heldOut: file.heldOut };
    }),
  );
}

function cocoOf({ files, roots, classes }: Labels): string {
  const prefixes = rootPrefixes(roots);
  const categories = classes.map(({ id, name }) => ({ id, name, supercategory: '' }));
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

async function copyIntoFolders(labels: Labels, out: string): Promise<ExportedLabels['skipped']> {
  if (existsSync(out) && readdirSync(out).length > 0) throw genoiseError('folder-not-empty', { folder: out });
  const folders = rootFolders(labels);
  const prefixes = rootPrefixes(labels.roots);
  const classFolders = folderNames(labels.classes.map(({ id, name }) => [id, name]));
  const skipped: { readonly file: string; readonly reason: string }[] = [];
  await mkdir(out, { recursive: true });
  for (const file of labels.files) {
    const root = folders.get(file.rootId) ?? '';
    const start = `${join(out, classFolders.get(file.classId) ?? '')}/${prefixes.get(file.rootId) ?? ''}`;
    const from = Buffer.concat([Buffer.from(`${root}/`), file.relativePath]);
    const reason = await copy(from, Buffer.concat([Buffer.from(start), file.relativePath]));
    if (reason !== null) skipped.push({ file: from.toString('utf8'), reason });
  }
  return skipped;
}

/** @returns why the original cannot be read; what cannot be written is thrown */
async function copy(from: Buffer, to: Buffer): Promise<string | null> {
  await mkdir(to.subarray(0, to.lastIndexOf('/')), { recursive: true });
  try {
    // Shares the bytes where the file system can, and never writes over a file.
    await copyFile(from, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    return null;
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'EACCES')
      return code === 'ENOENT' ? 'it is gone' : 'it may not be read';
    throw error;
  }
}

function rootFolders({ roots }: Labels): ReadonlyMap<number, string> {
  return new Map(roots.map(({ id, folder }) => [id, folder]));
}

/** With several roots a folder for each, ending in `/`: files of the same path below two of them do not collide. */
function rootPrefixes(roots: readonly Root[]): ReadonlyMap<number, string> {
  if (roots.length < 2) return new Map();
  const names = folderNames(roots.map(({ id, folder }) => [id, basename(folder)]));
  return new Map([...names].map(([id, name]) => [id, `${name}/`]));
}

/** A different folder name for each, the same on every system: what may not be in one is `_`, a second one is `name-2`. */
function folderNames(named: readonly (readonly [number, string])[]): ReadonlyMap<number, string> {
  const taken = new Set<string>();
  return new Map(
    named.map(([id, name]) => {
      const unique = unusedName(safeFileName(name), (other) => taken.has(other.toLowerCase()));
      taken.add(unique.toLowerCase());
      return [id, unique];
    }),
  );
}
