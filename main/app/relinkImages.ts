import { createHash } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { genoiseError } from '../../shared/errors.ts';
import { requireFolder } from './requireFolder.ts';
import type { Root } from '../../shared/records.ts';
import type { Library } from '../library/client.ts';

export interface RelinkSummary {
  readonly moved: readonly { readonly from: string; readonly to: string }[];
  /** Files whose content was compared, and those that were the same. */
  readonly looked: number;
  readonly same: number;
}

const filesLookedAt = 50;
const shareRequired = 0.5;

/**
 * Tells a project that a folder of images has moved: every root that is `from` or lies below it is looked for below
 * `to`. Images keep their ids, labels and pixels. A sample of files is compared by content first; a few may have
 * changed or gone, which the next import finds.
 * @throws no-such-folder, root-unknown, relink-mismatch, relink-taken
 */
export async function relinkImages(library: Library, from: string, to: string): Promise<RelinkSummary> {
  requireFolder(to);
  return relink(library, from, realpathSync(to));
}

async function relink(library: Library, from: string, to: string): Promise<RelinkSummary> {
  const moves = movesOf(await library.read.listRoots(), from, to);
  let [looked, same] = [0, 0];
  for (const move of moves) {
    const compared = await compare(library, move);
    looked += compared.looked;
    same += compared.same;
  }
  if (same < shareRequired * looked) throw genoiseError('relink-mismatch', { from, to, same, looked });
  await library.write.moveRoots(moves.map(({ root, folder }) => ({ rootId: root.id, folder })));
  return { moved: moves.map(({ root, folder }) => ({ from: root.folder, to: folder })), looked, same };
}

interface Move {
  readonly root: Root;
  readonly folder: string;
}

/** @throws root-unknown, relink-taken */
function movesOf(roots: readonly Root[], from: string, to: string): readonly Move[] {
  const moves = roots.flatMap((root) => {
    const below = pathBelow(root.folder, from) ?? pathBelow(root.folder, resolve(from));
    return below === null ? [] : [{ root, folder: join(to, below) }];
  });
  if (moves.length === 0)
    throw genoiseError('root-unknown', { folder: from, known: roots.map((r) => r.folder) });
  const staying = roots.filter((root) => moves.every((move) => move.root !== root));
  const taken = moves.find((move) => staying.some((root) => root.folder === move.folder));
  if (taken !== undefined) throw genoiseError('relink-taken', { folder: taken.folder });
  return moves;
}

/** The way from `from` to `folder`, "" where they are the same, null where it does not lie there; also of Windows. */
function pathBelow(folder: string, from: string): string | null {
  const isWindows = /^([A-Za-z]:|\\\\)/.test(folder);
  const [path, start] = [folder, from].map((each) => (isWindows ? each.replaceAll('\\', '/') : each));
  const above = start.replace(/\/+$/, '');
  if (path === above) return '';
  return path.startsWith(`${above}/`) ? path.slice(above.length + 1) : null;
}

async function compare(
  { read }: Library,
  { root, folder }: Move,
): Promise<{ readonly looked: number; readonly same: number }> {
  const files = await read.sampleFiles(root.id, filesLookedAt);
  const same = files.filter(({ relativePath, contentHash }) => {
    const path = Buffer.concat([Buffer.from(join(folder, '/')), relativePath]);
    return hashOf(path) === contentHash;
  });
  return { looked: files.length, same: same.length };
}

function hashOf(path: Buffer): string | null {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch {
    return null;
  }
}
