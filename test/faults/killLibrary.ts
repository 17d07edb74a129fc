import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as after } from 'node:timers';
import { listImages, writeImportBatch } from '../../main/library/images.ts';
import { createProject, openProject } from '../../main/library/project.ts';
import { getThumbnail } from '../../main/library/thumbnails.ts';
import type { ImportedImage } from '../../shared/records.ts';
import { countLostLabels } from './lostLabels.ts';

const childScript = join(import.meta.dirname, 'libraryChild.ts');

/** What kills at random instants found. All but the first two must be 0. */
export interface KillReport {
  readonly kills: number;
  readonly acknowledged: number;
  readonly lostLabels: number;
  readonly lostImages: number;
  /** Images of a batch of which others are there: a batch is written whole or not at all. */
  readonly partBatches: number;
  readonly withoutThumbnail: number;
}

/**
 * Starts a process that labels and imports, kills it at a random instant, opens the project and compares with what the
 * process had acknowledged; again and again on the same project.
 * @param images rows for images to label @throws when the project does not open
 */
export async function killLibrary(
  folder: string,
  kills: number,
  images: readonly ImportedImage[],
): Promise<KillReport> {
  const project = createProject(folder, { seed: 's' });
  project.db.prepare("INSERT INTO roots (id, folder, added_at) VALUES (1, '/photos', 0)").run();
  writeImportBatch(project.db, { images, missing: [] });
  project.close();
  const labels = new Map<number, number>();
  const batches = new Set<number>();
  let acknowledged = 0;
  let lost = { lostLabels: 0, lostImages: 0, partBatches: 0, withoutThumbnail: 0 };
  for (let kill = 0; kill < kills; kill++) {
    // Numbers of their own for each life: what a killed one had begun does not hide what was acknowledged.
    const lines = await live(folder, kill * 100_000 + 1);
    acknowledged += lines.length;
    for (const line of lines) {
      const [kind, a, b] = line.split(' ');
      if (kind === 'label') labels.set(Number(a), Number(b));
      else if (kind === 'import') batches.add(Number(a));
    }
    lost = sum(lost, compare(folder, labels, batches));
  }
  return { kills, acknowledged, ...lost };
}

type Lost = Pick<KillReport, 'lostLabels' | 'lostImages' | 'partBatches' | 'withoutThumbnail'>;

function compare(folder: string, labels: Map<number, number>, batches: ReadonlySet<number>): Lost {
  const { db, close } = openProject(folder);
  try {
    const lostLabels = countLostLabels(db, labels);
    const rows = listImages(db, 'ready').filter((row) => row.displayName.startsWith('batch '));
    const counts = new Map<number, number>();
    for (const { displayName } of rows) {
      const number = Number(displayName.slice(6).split('/')[0]);
      counts.set(number, (counts.get(number) ?? 0) + 1);
    }
    const lostImages = [...batches].reduce((n, batch) => n + 20 - (counts.get(batch) ?? 0), 0);
    const partBatches = [...counts.values()].filter((n) => n !== 20).length;
    const withoutThumbnail = rows.filter((row) => getThumbnail(db, row.id) === null).length;
    return { lostLabels, lostImages, partBatches, withoutThumbnail };
  } finally {
    close();
  }
}

function sum(a: Lost, b: Lost): Lost {
  return {
    lostLabels: a.lostLabels + b.lostLabels,
    lostImages: a.lostImages + b.lostImages,
    partBatches: a.partBatches + b.partBatches,
    withoutThumbnail: a.withoutThumbnail + b.withoutThumbnail,
  };
}

/** One life of the child, of random length. @returns what it acknowledged */
async function live(folder: string, first: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, [childScript, folder, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  let open = false;
  const ended = new Promise<void>((resolve) => child.stdout.on('close', () => resolve()));
  // A moment after some line, so that machines of every speed are killed in the midst of work.
  const last = randomInt(15);
  createInterface(child.stdout).on('line', (line) => {
    if (line === 'open') open = true;
    else lines.push(line);
    if (lines.length === last) after(() => child.kill('SIGKILL'), randomInt(20));
  });
  await ended;
  if (!open) throw new Error('the project did not open');
  return lines;
}
