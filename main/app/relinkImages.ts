import { createHash } from 'node:crypto';
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { genoiseError } from '../../shared/errors.ts';
import type { Root } from '../../shared/records.ts';
import { sampleFiles } from '../library/images.ts';
import { openProject, type Project } from '../library/project.ts';
import { listRoots, moveRoots } from '../library/roots.ts';

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
 * @throws no-such-folder, root-unknown, relink-mismatch, relink-taken, and what opening a project throws
 */
export function relinkImages(folder: string, from: string, to: string): RelinkSummary {
  if (statSync(to, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw genoiseError('no-such-folder', { folder: to });
  }
  const project = openProject(folder);
  try {
    return relink(project, resolve(from), realpathSync(to));
  } finally {
    project.close();
  }
}

function relink(project: Project, from: string, to: string): RelinkSummary {
  const roots = listRoots(project.db);
  const moves = roots
    .filter((root) => root.folder === from || root.folder.startsWith(join(from, '/')))
    .map((root) => ({ root, folder: join(to, relative(from, root.folder)) }));
  if (moves.length === 0)
    throw genoiseError('root-unknown', { folder: from, known: roots.map((r) => r.folder) });
  const staying = roots.filter((root) => moves.every((move) => move.root !== root));
  const taken = moves.find((move) => staying.some((root) => root.folder === move.folder));
  if (taken !== undefined) throw genoiseError('relink-taken', { folder: taken.folder });
  const compared = moves.map(({ root, folder }) => compare(project, root, folder));
  const [looked, same] = [sum(compared.map((each) => each.looked)), sum(compared.map((each) => each.same))];
  if (same < shareRequired * looked) throw genoiseError('relink-mismatch', { from, to, same, looked });
  moveRoots(
    project.db,
    moves.map(({ root, folder }) => ({ rootId: root.id, folder })),
  );
  return { moved: moves.map(({ root, folder }) => ({ from: root.folder, to: folder })), looked, same };
}

function compare(
  { db }: Project,
  root: Root,
  folder: string,
): { readonly looked: number; readonly same: number } {
  const files = sampleFiles(db, root.id, filesLookedAt);
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

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
