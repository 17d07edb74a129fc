import type { Dirent } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { genoiseError } from '../../shared/errors.ts';
import { imageFormat, signatureBytes } from './imageFormat.ts';

/** An image file below a scanned folder. */
export interface ScannedFile {
  /** Path below the folder in the file system's bytes, `/` between folders. */
  readonly relativePath: Buffer;
  readonly byteSize: number;
  /** Milliseconds since 1970, whole. */
  readonly mtime: number;
}

export interface ScanResult {
  /** In the byte order of their relative paths. */
  readonly files: readonly ScannedFile[];
  /** Subfolders that could not be read, for people. */
  readonly unreadableFolders: readonly string[];
}

export interface ScanOptions {
  readonly signal?: AbortSignal;
  /** Called after each folder with the number of files found so far. */
  readonly onFound?: (files: number) => void;
}

/**
 * Finds the JPEG and PNG files below `folder`: by extension, or by their first bytes where a name has none.
 * Hidden files and folders and Genoise projects inside are passed over. Symbolic links are followed; a folder that
 * is reached twice (a link in a circle) is read once.
 * @throws no-such-folder; the signal's reason when aborted
 */
export async function scanFolder(folder: string, options: ScanOptions = {}): Promise<ScanResult> {
  const root = Buffer.from(folder);
  const files: ScannedFile[] = [];
  const unreadableFolders: string[] = [];
  const visited = new Set<string>();
  const waiting: Buffer[] = [Buffer.alloc(0)];
  await checkFolder(folder);
  for (let relative = waiting.pop(); relative !== undefined; relative = waiting.pop()) {
    options.signal?.throwIfAborted();
    const listing = await readFolder(root, relative, visited);
    if (listing === null) unreadableFolders.push(relative.toString());
    waiting.push(...(listing?.folders ?? []));
    files.push(...(listing?.files ?? []));
    options.onFound?.(files.length);
  }
  files.sort((a, b) => Buffer.compare(a.relativePath, b.relativePath));
  return { files, unreadableFolders };
}

/** The path of `relative` below `root` in raw bytes. */
export function rawPath(root: string, relative: Uint8Array): Buffer {
  return joinBytes(Buffer.from(root), Buffer.from(relative));
}

async function checkFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => null);
  if (found === null || !found.isDirectory()) throw genoiseError('no-such-folder', { folder });
}

interface Listing {
  readonly folders: readonly Buffer[];
  readonly files: readonly ScannedFile[];
}

/** One folder's images and subfolders; empty for one that was read before; null for one that cannot be read. */
async function readFolder(root: Buffer, relative: Buffer, visited: Set<string>): Promise<Listing | null> {
  const path = joinBytes(root, relative);
  try {
    const { dev, ino } = await stat(path, { bigint: true });
    const identity = `${dev}:${ino}`;
    if (visited.has(identity)) return { folders: [], files: [] };
    visited.add(identity);
    const entries = await readdir(path, { encoding: 'buffer', withFileTypes: true });
    const isProject = entries.some((entry) => entry.name.toString('latin1') === 'project.db');
    // The scanned folder itself may be one: a project can be made inside a folder of images.
    if (isProject && relative.length > 0) return { folders: [], files: [] };
    return await sortEntries(root, relative, entries);
  } catch {
    return null;
  }
}

async function sortEntries(root: Buffer, relative: Buffer, entries: Dirent<Buffer>[]): Promise<Listing> {
  const folders: Buffer[] = [];
  const files: ScannedFile[] = [];
  for (const entry of entries) {
    if (isHidden(entry.name)) continue;
    const child = joinBytes(relative, entry.name);
    const mayBeImage = entry.isFile() && hasImageName(entry.name) !== 'no';
    if (!mayBeImage && !entry.isDirectory() && !entry.isSymbolicLink()) continue;
    const found = await stat(joinBytes(root, child)).catch(() => null);
    if (found?.isDirectory() === true) folders.push(child);
    if (found?.isFile() === true && (await isImage(entry.name, joinBytes(root, child)))) {
      files.push({ relativePath: child, byteSize: found.size, mtime: Math.floor(found.mtimeMs) });
    }
  }
  return { folders, files };
}

function isHidden(name: Buffer): boolean {
  return name[0] === 0x2e;
}

/** What a name says: `unsaid` when it has no extension. */
function hasImageName(name: Buffer): 'yes' | 'no' | 'unsaid' {
  const extension = /\.([^.]*)$/.exec(name.toString('latin1'))?.[1];
  if (extension === undefined) return 'unsaid';
  return /^(jpe?g|jpe|jfif|png)$/i.test(extension) ? 'yes' : 'no';
}

async function isImage(name: Buffer, path: Buffer): Promise<boolean> {
  const said = hasImageName(name);
  return said === 'unsaid' ? imageFormat(await firstBytes(path)) !== null : said === 'yes';
}

async function firstBytes(path: Buffer): Promise<Buffer> {
  const file = await open(path).catch(() => null);
  if (file === null) return Buffer.alloc(0);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(signatureBytes), 0, signatureBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function joinBytes(parent: Buffer, child: Buffer): Buffer {
  if (parent.length === 0) return child;
  return child.length === 0 ? parent : Buffer.concat([parent, Buffer.from('/'), child]);
}
