import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { importIntoProject } from '../../main/app/importIntoProject.ts';
import { withLibrary } from '../../main/app/withLibrary.ts';
import { hasUndecided } from '../../main/library/heldOutPool.ts';
import { createProject, openProject } from '../../main/library/project.ts';
import { hostilePath, type HostileFile } from '../helpers/hostile/hostileFile.ts';
import { childrenOf, isAlive } from '../helpers/processes.ts';
import { writeChangingPhotos } from './changingPhotos.ts';
import { countLostLabels } from './lostLabels.ts';
import { compareImports, countIncomplete, type ImportDifference } from './sameImport.ts';

const childScript = join(import.meta.dirname, 'importChild.ts');
const secondsToEnd = 10;

export interface ImportKillOptions {
  readonly kills: number;
  /** Pictures in the folder; a quarter of them is changed before each life. */
  readonly pictures: number;
  readonly hostile: readonly HostileFile[];
}

/** What kills at random instants of real imports found. From `lostLabels` on all must be 0, but for `files`. */
export interface ImportKillReport extends ImportDifference {
  /** Kills of the application's process, and of the worker's. */
  readonly kills: number;
  readonly workerKills: number;
  readonly acknowledged: number;
  readonly lostLabels: number;
  /** Images that were ready after a kill without their pixels or thumbnail, or neither in nor out of the pool. */
  readonly incomplete: number;
  /** Workers that were still there ten seconds after their application was killed. */
  readonly orphans: number;
}

/**
 * Imports a folder in a process of its own, which labels meanwhile and has its worker, kills the one or the other at a
 * random instant, opens the project and looks; then changes the folder, and again. At the end one import runs to its
 * end and is compared with the import of the same folder into a new project.
 * @param folder empty @throws when the project does not open
 */
export async function killImport(folder: string, options: ImportKillOptions): Promise<ImportKillReport> {
  const [project, undisturbed] = ['project', 'undisturbed'].map((name) => join(folder, name));
  const photos = await writeChangingPhotos(join(folder, 'photos'), options.pictures);
  for (const file of options.hostile) file.write(hostilePath(photos.folder, file), photos.folder);
  createProject(project, { seed: 's' }).close();
  const lifeOf = (number: number): Life => ({
    args: [project, photos.folder, String(number * 100_000)],
    compiled: join(folder, 'compiled'),
  });
  // Instants are drawn from as long as an import takes; the first one does not count, there is nothing to label.
  let span = (await live(lifeOf(0), null)).milliseconds;
  const labels = new Map<number, number>();
  let [kills, workerKills, acknowledged, lostLabels, incomplete, orphans] = [0, 0, 0, 0, 0, 0];
  for (let number = 1; kills + workerKills < options.kills; number += 1) {
    await photos.change(Math.ceil(options.pictures / 4));
    const ended = await live(lifeOf(number), { span, first: randomInt(3) === 0 ? 'worker' : 'application' });
    kills += ended.killed.filter((each) => each === 'application').length;
    workerKills += ended.killed.filter((each) => each === 'worker').length;
    orphans += await countOrphans(ended.workers);
    // Later imports are shorter than the first: few should end before they are killed.
    if (ended.killed.length === 0) span *= 0.8;
    acknowledged += ended.labels.length;
    for (const [image, classId] of ended.labels) labels.set(image, classId);
    // A command opens it first, and finishes what a kill left undecided.
    await withLibrary(project, async () => undefined);
    const found = look(project, labels);
    lostLabels += found.lostLabels;
    incomplete += found.incomplete;
  }
  for (const each of [project, undisturbed]) {
    await importIntoProject(each, { folders: [photos.folder], slotSize: 32 }, () => undefined);
  }
  const difference = compareImports(project, undisturbed);
  return { kills, workerKills, acknowledged, lostLabels, incomplete, orphans, ...difference };
}

function look(
  project: string,
  labels: Map<number, number>,
): Pick<ImportKillReport, 'lostLabels' | 'incomplete'> {
  const { db, pixelsFolder, close } = openProject(project);
  try {
    const undecided = hasUndecided(db) ? 1 : 0;
    return {
      lostLabels: countLostLabels(db, labels),
      incomplete: countIncomplete(db, pixelsFolder) + undecided,
    };
  } finally {
    close();
  }
}

async function countOrphans(workers: readonly number[]): Promise<number> {
  const end = performance.now() + secondsToEnd * 1000;
  while (workers.some(isAlive) && performance.now() < end) await setTimeout(50);
  return workers.filter(isAlive).length;
}

type Target = 'application' | 'worker';

interface Life {
  readonly args: readonly string[];
  /** Where Node keeps what it has compiled: a child starts faster with it. */
  readonly compiled: string;
}

interface EndedLife {
  readonly milliseconds: number;
  readonly killed: readonly Target[];
  /** The workers that were there when the application was killed. */
  readonly workers: readonly number[];
  /** Acknowledged: image and class. */
  readonly labels: readonly (readonly [number, number])[];
}

/** One import. Where its worker is killed first, the application goes on, and every other time is killed as well. */
async function live(
  { args, compiled }: Life,
  death: { readonly span: number; readonly first: Target } | null,
): Promise<EndedLife> {
  const child = spawn(process.execPath, [childScript, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_COMPILE_CACHE: compiled },
  });
  const killed: Target[] = [];
  const workers: number[] = [];
  const labels: (readonly [number, number])[] = [];
  let [start, running] = [performance.now(), true];
  const killLater = async (target: Target, span: number): Promise<void> => {
    await setTimeout(randomInt(Math.max(1, Math.round(span))));
    if (!running || child.pid === undefined) return;
    const children = childrenOf(child.pid);
    if (target === 'application') {
      workers.push(...children);
      if (child.kill('SIGKILL')) killed.push(target);
    } else {
      for (const worker of children) if (tryKill(worker)) killed.push(target);
      if (randomInt(2) === 0) await killLater('application', span);
    }
  };
  let dying = Promise.resolve();
  const ended = new Promise<void>((resolve, reject) =>
    child.on('close', (code, signal) => {
      running = false;
      if (code === 0 || signal === 'SIGKILL') resolve();
      else reject(new Error(`an import ended with ${code ?? signal}`));
    }),
  );
  createInterface(child.stdout).on('line', (line) => {
    if (line === 'start') {
      start = performance.now();
      if (death !== null) dying = killLater(death.first, death.span);
    }
    const [, image, classId] = /^label (\d+) (\d+)$/.exec(line) ?? [];
    if (image !== undefined) labels.push([Number(image), Number(classId)]);
  });
  await ended;
  const milliseconds = performance.now() - start;
  await dying;
  return { milliseconds, killed, workers, labels };
}

function tryKill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}
