import type { FileKey } from '../../shared/importing.ts';
import { isHashed, knownPath, knownState, type KnownImages } from '../../shared/knownImages.ts';
import type { ImageId, RootId } from '../../shared/records.ts';
import type { FileTable } from './fileTable.ts';
import type { ScannedFile } from './scanFolder.ts';

/** A file that was found below one of the roots. */
export interface FoundFile extends ScannedFile {
  readonly rootId: RootId;
  /** The root's folder. */
  readonly root: string;
}

/** Files of one root that were found. */
export interface FoundRoot {
  readonly rootId: RootId;
  readonly root: string;
  readonly files: FileTable;
}

/** What a scan of all roots found. */
export interface Found {
  readonly roots: readonly FoundRoot[];
  readonly unreadableFolders: readonly UnreadableFolder[];
}

export interface UnreadableFolder {
  readonly rootId: RootId;
  readonly root: string;
  readonly relativePath: Buffer;
}

/** Files by number, each described when it is asked for: a million descriptions are never in memory at once. */
export interface FileList<F = FoundFile> {
  readonly length: number;
  at(i: number): F;
}

export interface ImportPlan {
  /**
   * Files to read: new ones, changed ones, ones that had been missing, and ones that could not be opened before. Root
   * by root, in the byte order of their paths.
   */
  readonly pending: FileList;
  /** Known images whose file was not found again. */
  readonly missing: readonly ImageId[];
}

/**
 * What an import has to do, from what the scan found and what the project knows: the two are gone through side by side.
 * @param known in the order of roots and the byte order of paths
 */
export function planImport({ roots, unreadableFolders }: Found, known: readonly KnownImages[]): ImportPlan {
  const isHidden = hiddenBy(unreadableFolders);
  const missing: ImageId[] = [];
  const lose = ({ part, i }: KnownPlace): void => {
    const file = { rootId: part.rootIds[i] as RootId, relativePath: knownPath(part, i) };
    if (knownState(part, i) !== 'missing' && !isHidden(file)) missing.push(part.ids[i] as ImageId);
  };
  const pending = roots.map((root) => pendingOf(root, known, lose));
  return { pending: joined(roots, pending), missing };
}

/** Where a known image is. */
interface KnownPlace {
  readonly part: KnownImages;
  readonly i: number;
}

function* knownOf(known: readonly KnownImages[], rootId: RootId): Generator<KnownPlace, undefined> {
  for (const part of known) {
    for (let i = 0; i < part.ids.length; i += 1) if (part.rootIds[i] === rootId) yield { part, i };
  }
}

/** The numbers of the files of a root that are to be read; `lose` is told of known ones that are not there. */
function pendingOf(
  { rootId, files }: FoundRoot,
  known: readonly KnownImages[],
  lose: (place: KnownPlace) => void,
): readonly number[] {
  const places = knownOf(known, rootId);
  const pending: number[] = [];
  let place = places.next().value;
  for (const number of files.order()) {
    const file = files.at(number);
    let order = place === undefined ? 1 : Buffer.compare(knownPath(place.part, place.i), file.relativePath);
    while (place !== undefined && order < 0) {
      lose(place);
      place = places.next().value;
      order = place === undefined ? 1 : Buffer.compare(knownPath(place.part, place.i), file.relativePath);
    }
    const isKnown = place !== undefined && order === 0;
    if (!isKnown || place === undefined || !isUnchanged(file, place)) pending.push(number);
    if (isKnown) place = places.next().value;
  }
  for (; place !== undefined; place = places.next().value) lose(place);
  return pending;
}

function isUnchanged(file: ScannedFile, { part, i }: KnownPlace): boolean {
  // Without a hash it was never read: a permission may have been given since, which no time of change tells.
  if (knownState(part, i) === 'missing' || !isHashed(part, i)) return false;
  return part.byteSizes[i] === file.byteSize && part.mtimes[i] === file.mtime;
}

function joined(roots: readonly FoundRoot[], pending: readonly (readonly number[])[]): FileList {
  return {
    length: pending.reduce((sum, { length }) => sum + length, 0),
    at(i) {
      let [which, left] = [0, i];
      while (left >= pending[which].length) left -= pending[which++].length;
      const { rootId, root, files } = roots[which];
      return { ...files.at(pending[which][left]), rootId, root };
    },
  };
}

/** All files of a list, from number `start` on. */
export function* filesFrom<F>(files: FileList<F>, start = 0): Generator<F> {
  for (let i = start; i < files.length; i += 1) yield files.at(i);
}

/** Whether a file lies in a folder that could not be listed: it may well be there. */
function hiddenBy(folders: readonly UnreadableFolder[]): (file: FileKey) => boolean {
  const prefixes = folders.map((folder) => (folder.relativePath.length === 0 ? '' : `${pathText(folder)}/`));
  return (file) =>
    folders.some(({ rootId }, i) => rootId === file.rootId && pathText(file).startsWith(prefixes[i]));
}

function pathText({ relativePath }: { readonly relativePath: Uint8Array }): string {
  return Buffer.from(relativePath).toString('latin1');
}

/** A text that is the same for the same file. */
export function fileKey(file: FileKey): string {
  return `${file.rootId}:${pathText(file)}`;
}
