import { ensureClasses } from '../../main/library/classes.ts';
import type { WritableDatabase } from '../../main/library/database.ts';
import { writeImportBatch } from '../../main/library/images.ts';
import { setLabels } from '../../main/library/labels.ts';
import { createProject } from '../../main/library/project.ts';
import { writeThumbnails } from '../../main/library/thumbnails.ts';
import { randomStream } from '../../main/nn/random.ts';
import { groupDuplicates } from '../helpers/groupDuplicates.ts';
import { drawHeldOutPool } from '../helpers/drawHeldOutPool.ts';
import type { SlotThumbnail } from '../../shared/importing.ts';
import type { ImageId, ImportedImage } from '../../shared/records.ts';
import { generatedClasses, generatedRoots, generateRows } from './libraryRows.ts';

/** What making a project of generated rows took. */
export interface GeneratedProject {
  readonly rows: number;
  readonly writeMilliseconds: number;
  readonly groupMilliseconds: number;
  readonly drawMilliseconds: number;
}

const batchRows = 5000;
const mostThumbnails = 20_000;
const thumbnailBytes = 4096;

/**
 * Makes a project of `rows` generated images in `folder`, by the functions that an import uses: batches of rows (the
 * first 20,000 with thumbnails that nobody can look at, or all with those of `pictures` in turns), some missing since,
 * duplicates grouped, the held-out pool drawn, a tenth labelled. Nothing lies in their folders, which are below `rootsIn`.
 */
export function generateProject(
  folder: string,
  rows: number,
  {
    pictures = [],
    rootsIn = '',
  }: { readonly pictures?: readonly Uint8Array[]; readonly rootsIn?: string } = {},
): GeneratedProject {
  const project = createProject(folder, { seed: 'bench' });
  const { db } = project;
  try {
    // Only the making is hurried: a project that the machine spoils is made again.
    db.pragma('synchronous = OFF');
    db.pragma('cache_size = -500000');
    const add = db.prepare('INSERT INTO roots (folder, added_at) VALUES (?, 0)');
    for (const root of generatedRoots) add.run(`${rootsIn}${root.folder}`);
    const writeMilliseconds = timed(() => writeRows(db, rows, pictures));
    const groupMilliseconds = timed(() => groupDuplicates(db));
    const drawMilliseconds = timed(() => drawHeldOutPool(db));
    label(db, rows);
    return { rows, writeMilliseconds, groupMilliseconds, drawMilliseconds };
  } finally {
    project.close();
  }
}

function timed(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function writeRows(db: WritableDatabase, rows: number, pictures: readonly Uint8Array[]): void {
  let images: ImportedImage[] = [];
  let written = 0;
  const write = (): void => {
    const some = pictures.length > 0 || written < mostThumbnails ? images : [];
    const thumbnails = some.flatMap((image) => thumbnailOf(image, pictures));
    writeThumbnails(db, { images, thumbnails, missing: [] });
    writeImportBatch(db, { images, missing: [] });
    written += images.length;
    images = [];
  };
  for (const row of generateRows(rows)) if (images.push(row) === batchRows) write();
  if (images.length > 0) write();
  const missing = Array.from({ length: Math.floor(rows / 200) }, (_, i) => (i * 200 + 77) as ImageId);
  writeImportBatch(db, { images: [], missing });
}

function thumbnailOf({ slot }: ImportedImage, pictures: readonly Uint8Array[]): readonly SlotThumbnail[] {
  if (slot === null) return [];
  const bytes = pictures[slot % pictures.length] ?? new Uint8Array(thumbnailBytes).fill(slot);
  return [{ slot, type: 'image/jpeg', bytes }];
}

/** Every tenth image or so, in actions of 1 to 40 images; one in ten of these is labelled again later. */
function label(db: WritableDatabase, rows: number): void {
  const classes = ensureClasses(db, generatedClasses);
  const random = randomStream('library bench labels', rows);
  let action: ImageId[] = [];
  let size = 1;
  const act = (): void => {
    // Some classes are far larger than others.
    const { id: classId } = classes[Math.floor(classes.length * random.uniform() ** 2)];
    const labels = action.map((imageId) => ({ imageId, classId }));
    setLabels(db, labels, 'person');
    if (random.integer(10) === 0) setLabels(db, [{ ...labels[0], classId: classes[0].id }], 'person');
    action = [];
    size = 1 + random.integer(40);
  };
  for (let id = 1; id <= rows; id += 1) {
    if (random.integer(10) === 0 && action.push(id as ImageId) >= size) act();
  }
}
