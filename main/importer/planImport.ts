import type { FileKey, ImportRequest, KnownImage } from '../../shared/importing.ts';
import type { ImageId, RootId } from '../../shared/records.ts';
import type { ScannedFile } from './scanFolder.ts';

/** A file that was found below one of the roots. */
export interface FoundFile extends ScannedFile {
  readonly rootId: RootId;
  /** The root's folder. */
  readonly root: string;
}

/** What a scan of all roots found. */
export interface Found {
  readonly files: readonly FoundFile[];
  readonly unreadableFolders: readonly UnreadableFolder[];
}

export interface UnreadableFolder {
  readonly rootId: RootId;
  readonly root: string;
  readonly relativePath: Buffer;
}

export interface ImportPlan {
  /** Files to read: new ones, changed ones, ones that had been missing, and ones that could not be opened before. */
  readonly pending: readonly FoundFile[];
  /** Known images whose file was not found again. */
  readonly missing: readonly ImageId[];
}

/** What an import has to do, from what the scan found and what the project knows. */
export function planImport({ files, unreadableFolders }: Found, request: ImportRequest): ImportPlan {
  const known = new Map(request.known.map((image) => [fileKey(image), image]));
  const present = new Set(files.map(fileKey));
  const scanned = new Set(request.roots.map((root) => root.rootId));
  const isHidden = hiddenBy(unreadableFolders);
  return {
    pending: files.filter((file) => !isUnchanged(file, known.get(fileKey(file)))),
    missing: request.known
      .filter(
        (image) =>
          scanned.has(image.rootId) &&
          image.state !== 'missing' &&
          !present.has(fileKey(image)) &&
          !isHidden(image),
      )
      .map((image) => image.id),
  };
}

function isUnchanged(file: FoundFile, known: KnownImage | undefined): boolean {
  if (known === undefined || known.state === 'missing') return false;
  // Without a hash it was never read: a permission may have been given since, which no time of change tells.
  if (known.contentHash === null) return false;
  return known.byteSize === file.byteSize && known.mtime === file.mtime;
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
