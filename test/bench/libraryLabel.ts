import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { groupAnew } from '../../main/app/decideImages.ts';
import { exportLabels } from '../../main/app/exportLabels.ts';
import { withReadOnlyLibrary } from '../../main/app/withLibrary.ts';
import { openLibrary, type Library } from '../../main/library/client.ts';
import { randomStream } from '../../main/nn/random.ts';
import type { ClassId, ImageId } from '../../shared/records.ts';
import { timed } from './libraryBrowse.ts';
import type { Samples } from './libraryRun.ts';

const labels = 500;
const bulk = 10_000;
const rounds = 5;
const slowCounts = ['countLabels', 'countFilters', 'countImages'] as const;

/**
 * Counts; single labels beside the disk's own fsync, alone and while counts run; labels of 10,000 images and their
 * undoing. All labels are undone at the end.
 */
export async function countAndLabel(project: string): Promise<Samples> {
  const library = await openLibrary(project);
  const ids = await library.read.listQueryIds({ filter: { show: 'ready' }, sort: 'imported' });
  const counts = await count(library);
  const alone = await labelOneByOne(library, ids, project);
  const counting = await whileCounting(library, () => labelOneByOne(library, ids, project));
  const many = await labelMany(library, ids);
  const undo = await undoAll(library, 2 * labels);
  await library.close();
  return {
    ...counts,
    label: alone.label,
    'fsync beside it': alone.fsync,
    'label while counts run': counting.label,
    'fsync beside those': counting.fsync,
    ...many,
    'undo of a label': undo,
  };
}

async function count(library: Library): Promise<Samples> {
  const samples: Record<string, number[]> = {};
  for (let round = 0; round < rounds; round += 1) {
    for (const name of slowCounts) {
      const [took] = await timed(async (): Promise<unknown> => library.read[name]());
      (samples[name] ??= []).push(took);
    }
  }
  return samples;
}

/** A label and the disk's own write and fsync of a page, in turns. */
async function labelOneByOne(library: Library, ids: Int32Array, project: string) {
  const random = randomStream('library bench label');
  const path = join(project, 'bench-fsync');
  const file = openSync(path, 'w');
  const page = Buffer.alloc(4096, 1);
  const samples = { label: [] as number[], fsync: [] as number[] };
  for (let i = 0; i < labels; i += 1) {
    const imageId = ids[random.integer(ids.length)] as ImageId;
    const before = await library.read.getLabel(imageId);
    const classId = (before?.classId === 1 ? 2 : 1) as ClassId;
    const [took] = await timed(() => library.write.setLabels([{ imageId, classId }], 'person'));
    samples.label.push(took);
    const [alone] = await timed(() => {
      writeSync(file, page);
      fsyncSync(file);
    });
    samples.fsync.push(alone);
  }
  closeSync(file);
  rmSync(path);
  return samples;
}

/** Does `work` while the counting thread is never idle. */
async function whileCounting<T>(library: Library, work: () => Promise<T>): Promise<T> {
  let running = true;
  const counting = (async () => {
    for (let i = 0; running; i += 1) await library.read[slowCounts[i % slowCounts.length]]();
  })();
  const result = await work();
  running = false;
  await counting;
  return result;
}

async function labelMany(library: Library, ids: Int32Array): Promise<Samples> {
  const samples = { set: [] as number[], undo: [] as number[], redo: [] as number[] };
  const chosen = Array.from(ids.subarray(0, bulk));
  for (let round = 0; round < rounds; round += 1) {
    const classId = (4 + round) as ClassId;
    const changes = chosen.map((imageId) => ({ imageId: imageId as ImageId, classId }));
    samples.set.push((await timed(() => library.write.setLabels(changes, 'person')))[0]);
    samples.undo.push((await timed(() => library.write.undoLabels()))[0]);
    samples.redo.push((await timed(() => library.write.redoLabels()))[0]);
    await library.write.undoLabels();
  }
  return {
    'label of 10,000 images': samples.set,
    'its undo': samples.undo,
    'its redo': samples.redo,
  };
}

async function undoAll(library: Library, count: number): Promise<readonly number[]> {
  const samples: number[] = [];
  for (let i = 0; i < count; i += 1) samples.push((await timed(() => library.write.undoLabels()))[0]);
  return samples;
}

/** The labels as a CSV file, by the function that the application and the command line call. */
export async function exportCsv(project: string): Promise<Samples> {
  const out = join(project, 'bench-labels.csv');
  const [took] = await timed(() =>
    withReadOnlyLibrary(project, (library) => exportLabels(library, 'csv', out)),
  );
  rmSync(out);
  return { 'label export (CSV)': [took] };
}

/** What ends every import: groups of duplicates, found anew. */
export async function groupAgain(project: string): Promise<Samples> {
  const library = await openLibrary(project);
  const [took] = await timed(() => groupAnew(library));
  const [listed] = await timed(() => library.read.listDuplicateGroups(200, 1000 as ImageId));
  await library.close();
  return { 'grouping of duplicates': [took], 'duplicate groups, 200': [listed] };
}
