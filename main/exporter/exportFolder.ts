import { existsSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { isDiskFull } from '../../shared/diskFull.ts';
import { genoiseError, GenoiseError } from '../../shared/errors.ts';
import { writeFileAtomically, type ByteWriter } from '../training/writeFileAtomically.ts';
import { readModelInfo } from './modelInfo.ts';

export const exportFileNames = {
  classifier: ['MODEL_CARD.md', 'classifier.onnx', 'labels.json', 'predict.mjs', 'predict.py'],
  encoder: ['MODEL_CARD.md', 'embed.mjs', 'embed.py', 'encoder.onnx', 'encoder.safetensors'],
} as const;

/** A folder that is being written beside the one whose place it takes at the end. */
export interface ExportFolder {
  /** Where the files are until `commit`. */
  readonly path: string;
  /** @throws disk-full, cannot-write */
  write(name: string, pieces: string | readonly Uint8Array[]): void;
  /** Puts the folder in its place; an earlier export there is replaced. @throws cannot-write */
  commit(): void;
  /** Removes everything that was written. After `commit` it does nothing. */
  discard(): void;
}

/**
 * Begins an export to `folder`, which is made at `commit` and not before.
 * @throws cannot-write when something else is there than an earlier export or nothing; disk-full
 */
export function openExportFolder(folder: string, writeBytes?: ByteWriter): ExportFolder {
  const target = existsSync(folder) ? realpathSync(folder) : resolve(folder);
  const place = places(target);
  naming(target, () => {
    mkdirSync(dirname(target), { recursive: true });
    restore(place);
    checkReplaceable(target);
    rmSync(place.staged, { recursive: true, force: true });
    mkdirSync(place.staged);
  });
  return {
    path: place.staged,
    write: (name, pieces) =>
      naming(join(target, name), () =>
        writeFileAtomically(join(place.staged, name), asBytes(pieces), writeBytes),
      ),
    commit: () => naming(target, () => exchange(place)),
    discard: () => rmSync(place.staged, { recursive: true, force: true }),
  };
}

interface Places {
  readonly target: string;
  readonly staged: string;
  /** The earlier export, while it changes places. */
  readonly replaced: string;
}

function places(target: string): Places {
  const beside = join(dirname(target), `.${basename(target)}.genoise-`);
  return { target, staged: `${beside}partial`, replaced: `${beside}replaced` };
}

function exchange({ target, staged, replaced }: Places): void {
  const earlier = existsSync(target);
  if (earlier) renameSync(target, replaced);
  try {
    renameSync(staged, target);
  } catch (error) {
    if (earlier) renameSync(replaced, target);
    throw error;
  }
  rmSync(replaced, { recursive: true, force: true });
}

/** Finishes what a process left that was killed while the folders changed places. */
function restore({ target, replaced }: Places): void {
  if (!existsSync(replaced)) return;
  if (existsSync(target)) rmSync(replaced, { recursive: true, force: true });
  else renameSync(replaced, target);
}

/** Only what an export wrote, or nothing, is replaced. */
function checkReplaceable(target: string): void {
  const found = statSync(target, { throwIfNoEntry: false });
  if (found === undefined) return;
  const refuse = (reason: string): never => {
    throw genoiseError('cannot-write', { path: target, reason });
  };
  if (!found.isDirectory()) refuse('there is a file of this name');
  const entries = readdirSync(target);
  if (entries.length === 0) return;
  const own: ReadonlySet<string> = new Set(Object.values(exportFileNames).flat());
  const foreign = entries.filter((name) => !own.has(name));
  if (foreign.length > 0) {
    const shown = foreign.slice(0, 3).join(', ') + (foreign.length > 3 ? ', …' : '');
    refuse(`the folder holds other things than an export (${shown}), which would be lost`);
  }
  const models = entries.filter((name) => name.endsWith('.onnx'));
  if (!models.some((name) => readModelInfo(join(target, name)) !== null)) {
    refuse('the folder holds files that Genoise did not export, which would be lost');
  }
}

function asBytes(pieces: string | readonly Uint8Array[]): readonly Uint8Array[] {
  return typeof pieces === 'string' ? [Buffer.from(pieces)] : pieces;
}

/** Failures speak of the place that the user named, not of the one beside it. */
function naming<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof GenoiseError && error.code === 'disk-full') {
      throw genoiseError('disk-full', { folder: dirname(path) }, error);
    }
    if (error instanceof GenoiseError) {
      throw error.code === 'cannot-write'
        ? genoiseError('cannot-write', { path, reason: String(error.details.reason) }, error)
        : error;
    }
    if (isDiskFull(error)) throw genoiseError('disk-full', { folder: dirname(path) }, error);
    const reason = error instanceof Error ? error.message : String(error);
    throw genoiseError('cannot-write', { path, reason }, error);
  }
}
