import { closeSync, openSync, readdirSync, readSync, statSync, type Dirent, type Stats } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { genoiseError } from '../../shared/errors.ts';
import { fileTable, type FileTable } from './fileTable.ts';
import { looksLikeImage } from './fileNames.ts';
import { imageFormat, signatureBytes } from './imageFormat.ts';

/** A file below a scanned folder that is, or claims to be, an image. */
export interface ScannedFile {
  /** Path below the folder in the file system's bytes, `/` between folders. */
  readonly relativePath: Buffer;
  readonly byteSize: number;
  /** Milliseconds since 1970, whole. Both are 0 for a link that leads nowhere: reading it tells why. */
  readonly mtime: number;
}

export interface ScanResult<F = readonly ScannedFile[]> {
  /** In the byte order of their relative paths. */
  readonly files: F;
  /** Relative paths of subfolders that could not be read. */
  readonly unreadableFolders: readonly Buffer[];
}

export interface ScanOptions {
  readonly signal?: AbortSignal;
  /** Called now and then with the number of files found so far. */
  readonly onFound?: (files: number) => void;
}

/** Files looked at before others get their turn: the process must still hear "cancel" in a folder of a million. */
const filesATurn = 2000;

/**
 * Finds the images below `folder`: by extension, or by their first bytes where a name has none. Photos, videos and
 * documents of kinds that are not supported are found too, to be told about. Hidden files and folders and Genoise
 * projects inside are passed over. Symbolic links are followed; a folder that is reached twice (a link in a circle) is
 * read once.
 * @throws no-such-folder; the signal's reason when aborted
 */
export async function scanFolder(folder: string, options: ScanOptions = {}): Promise<ScanResult> {
  const { files, unreadableFolders } = await scanTable(folder, options);
  return { files: Array.from(files.order(), (i) => files.at(i)), unreadableFolders };
}

/** The same, in little memory for a million files; not in order. */
export async function scanTable(folder: string, options: ScanOptions): Promise<ScanResult<FileTable>> {
  checkFolder(folder);
  const scan: Scan = {
    root: Buffer.from(folder),
    files: fileTable(),
    unreadableFolders: [],
    visited: new Set(),
    waiting: [],
  };
  scan.waiting.push(Buffer.alloc(0));
  let looked = 0;
  for (let relative = scan.waiting.pop(); relative !== undefined; relative = scan.waiting.pop()) {
    options.signal?.throwIfAborted();
    const folder = joinBytes(scan.root, relative);
    for (const entry of listFolder(scan, relative)) {
      takeEntry(scan, folder, entry);
      looked += 1;
      if (looked % filesATurn > 0) continue;
      options.onFound?.(scan.files.length);
      await setImmediate();
      options.signal?.throwIfAborted();
    }
  }
  options.onFound?.(scan.files.length);
  return { files: scan.files, unreadableFolders: scan.unreadableFolders };
}

/** The path of `relative` below `root` in raw bytes. */
export function rawPath(root: string, relative: Uint8Array): Buffer {
  return joinBytes(Buffer.from(root), Buffer.from(relative));
}

interface Scan {
  readonly root: Buffer;
  readonly files: FileTable;
  readonly unreadableFolders: Buffer[];
  /** Device and inode of the folders that were read. */
  readonly visited: Set<string>;
  /** Folders to be read. */
  readonly waiting: Buffer[];
}

function checkFolder(folder: string): void {
  if (tryStat(folder)?.isDirectory() !== true) throw genoiseError('no-such-folder', { folder });
}

/** What lies in a folder; nothing for one that was read before, is a project, or cannot be read. */
function listFolder({ root, unreadableFolders, visited }: Scan, relative: Buffer): readonly Dirent<Buffer>[] {
  const path = joinBytes(root, relative);
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    const identity = `${dev}:${ino}`;
    if (visited.has(identity)) return [];
    visited.add(identity);
    const entries = readdirSync(path, { encoding: 'buffer', withFileTypes: true });
    const isProject = entries.some((entry) => entry.name.toString('latin1') === 'project.db');
    // The scanned folder itself may be one: a project can be made inside a folder of images.
    return isProject && relative.length > 0 ? [] : entries;
  } catch {
    unreadableFolders.push(relative);
    return [];
  }
}

function takeEntry({ root, files, waiting }: Scan, folder: Buffer, entry: Dirent<Buffer>): void {
  if (isHidden(entry.name)) return;
  const path = joinBytes(folder, entry.name);
  const relativePath = path.subarray(root.length + 1);
  if (entry.isDirectory()) {
    waiting.push(relativePath);
    return;
  }
  const said = looksLikeImage(entry.name);
  if (said === 'no' && !entry.isSymbolicLink()) return;
  const found = tryStat(path);
  if (found?.isDirectory() === true) waiting.push(relativePath);
  else if (said === 'yes' || (said === 'unsaid' && found?.isFile() === true && isImage(path))) {
    // Links that lead nowhere, pipes and the like become rows too: reading them says what they are.
    const { size = 0, mtimeMs = 0 } = found?.isFile() === true ? found : {};
    files.add({ relativePath, byteSize: size, mtime: Math.floor(mtimeMs) });
  }
}

function isHidden(name: Buffer): boolean {
  return name[0] === 0x2e;
}

function tryStat(path: Buffer | string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function isImage(path: Buffer): boolean {
  try {
    const file = openSync(path, 'r');
    try {
      const start = Buffer.alloc(signatureBytes);
      return imageFormat(start.subarray(0, readSync(file, start, 0, signatureBytes, 0))) !== null;
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
}

const slash = Buffer.from('/');

function joinBytes(parent: Buffer, child: Buffer): Buffer {
  if (parent.length === 0) return child;
  return child.length === 0 ? parent : Buffer.concat([parent, slash, child]);
}
