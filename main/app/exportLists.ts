import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { exportPath } from './exportPaths.ts';
import { listClassifierRuns } from './classifierRuns.ts';
import type { ExportedItem, ExportedTexts, ExportRow, ExportSources } from '../../shared/exports.ts';
import type { Library, ReadOnlyLibrary } from '../library/client.ts';

/** What can be exported, newest first. */
export async function exportSources(library: Library, canShow: boolean): Promise<ExportSources> {
  const { read, exportsFolder } = library;
  const [runs, pretrainings, counts] = await Promise.all([
    listClassifierRuns(library),
    read.listRuns('pretrain'),
    read.countLabels(),
  ]);
  const checkpoints = await Promise.all(pretrainings.map(({ id }) => read.latestCheckpoint(id)));
  const encoders = pretrainings.flatMap((run, i) => {
    const checkpoint = checkpoints[i];
    if (checkpoint === null) return [];
    const { id: runId, method, encoder } = run;
    return [{ runId, method: method ?? '', encoder, steps: checkpoint.step, trainedAt: checkpoint.savedAt }];
  });
  return {
    classifiers: runs
      .filter(({ trained, mode }) => trained && mode !== 'random-encoder')
      .map(({ runId, mode, measured, endedAt, startedAt }) => ({
        ...{ runId, mode, top1: measured?.top1 ?? null, trainedAt: endedAt ?? startedAt },
      })),
    encoders: encoders.toReversed(),
    labels: counts.reduce((sum, { training, heldOut }) => sum + training + heldOut, 0),
    folder: exportsFolder,
    canShow,
  };
}

/** Everything that was exported, newest first, as it is on disk now. */
export async function listExportedItems(library: ReadOnlyLibrary): Promise<ExportedItem[]> {
  return (await library.read.listExports()).map((row) => itemOf(library, row));
}

export async function findExport(library: ReadOnlyLibrary, id: number): Promise<ExportedItem | null> {
  const row = (await library.read.listExports()).find((each) => each.id === id);
  return row === undefined ? null : itemOf(library, row);
}

function itemOf(
  library: ReadOnlyLibrary,
  { id, runId, path: stored, facts, madeAt }: ExportRow,
): ExportedItem {
  const path = exportPath(library, stored);
  return { id, runId, path, facts, madeAt, ...lookAt(path) };
}

function lookAt(path: string): Pick<ExportedItem, 'exists' | 'files' | 'folders'> {
  try {
    const found = statSync(path);
    if (found.isFile()) {
      return { exists: true, files: [{ name: basename(path), bytes: found.size }], folders: 0 };
    }
    const entries = readdirSync(path, { withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map(({ name }) => ({ name, bytes: statSync(join(path, name)).size }));
    const folders = entries.filter((entry) => entry.isDirectory()).length;
    return { exists: true, files: files.toSorted((a, b) => a.name.localeCompare(b.name, 'en')), folders };
  } catch {
    return { exists: false, files: [], folders: 0 };
  }
}

/** The card and the programs beside an exported model; null where they cannot be read. */
export function readExportTexts({ path, files }: ExportedItem): ExportedTexts | null {
  try {
    const snippets = files.filter(({ name }) => /\.(mjs|py)$/.test(name));
    return {
      card: readFileSync(join(path, 'MODEL_CARD.md'), 'utf8'),
      snippets: snippets.map(({ name }) => ({ name, text: readFileSync(join(path, name), 'utf8') })),
    };
  } catch {
    return null;
  }
}
