import { sep } from 'node:path';
import { ask } from '../app/ask.ts';
import type { Application } from '../app/application.ts';
import type { UploadBatch } from './uploadBatch.ts';

/** Brings files into the project that are still on their way when its import begins. */
export interface UploadImports {
  /** As the application's, but it sees which project wants which dropped files. */
  readonly call: (name: string, request: unknown) => Promise<unknown>;
  /** To be told of each file that has come. */
  readonly arrived: (batch: UploadBatch) => void;
  close(): void;
}

interface Wanted {
  /** The project's folder. */
  readonly project: string;
  /** Files that the last import can have found. */
  imported: number;
  begun: number;
  /** The job of the last import that was begun here; it gives way to the next one in the list of jobs. */
  job: string | null;
}

/** Nothing has come for this long: what is there is imported. */
const usualQuietMs = 1000;
/** While files keep coming: an import for each doubling, and after this long for whatever is there. */
const longestMs = 10_000;
const fewest = 64;

/**
 * An import looks at a folder once. While a drop is still coming in, another one follows whenever there is enough that
 * is new, and a last one when no more comes: so the first images are there at once, the rest as they come, and a page
 * that is closed meanwhile loses nothing of what has come.
 */
export function createUploadImports(
  application: Pick<Application, 'call' | 'onEvent'>,
  quietMs = usualQuietMs,
): UploadImports {
  const wanted = new Map<UploadBatch, Wanted>();
  const batches = new Set<UploadBatch>();
  let timer: NodeJS.Timeout | null = null;
  let lastCame = 0;
  let looking = false;

  async function call(name: string, request: unknown): Promise<unknown> {
    const counts = new Map([...batches].map((batch) => [batch, batch.count]));
    const result = await application.call(name, request);
    if (name !== 'project.create' && name !== 'project.import') return result;
    const folders = foldersOf(request);
    const found = [...counts].filter(([batch]) => folders.some((folder) => isBelow(folder, batch.folder)));
    if (found.length === 0) return result;
    const project = await ask(application, 'project.current', null);
    if (project === null) return result;
    for (const [batch, imported] of found) {
      wanted.set(batch, { project: project.folder, imported, begun: Date.now(), job: null });
    }
    plan();
    return result;
  }

  function plan(): void {
    const isNeeded = [...wanted].some(([batch, { imported }]) => batch.count > imported);
    if (isNeeded) timer ??= setTimeout(() => void look(), quietMs / 2);
  }

  async function look(): Promise<void> {
    timer = null;
    if (looking) return;
    looking = true;
    try {
      for (const [batch, want] of wanted) {
        if (!isDue(batch, want, Date.now() - lastCame >= quietMs)) continue;
        if (!(await importMore(application, batch, want))) wanted.delete(batch);
      }
    } catch {
      // Its project was closed meanwhile, or its import refused: the person sees that where it was asked for.
    } finally {
      looking = false;
      plan();
    }
  }

  const stopListening = application.onEvent((event) => {
    // Whoever stops an import does not want the rest of it either.
    if (event.kind === 'job' && event.job.kind === 'import' && event.job.state === 'cancelled')
      wanted.clear();
  });

  return {
    call,
    arrived(batch) {
      batches.add(batch);
      lastCame = Date.now();
      plan();
    },
    close() {
      stopListening();
      if (timer !== null) clearTimeout(timer);
      wanted.clear();
    },
  };
}

function isDue({ count }: UploadBatch, { imported, begun }: Wanted, isQuiet: boolean): boolean {
  const more = count - imported;
  if (more === 0) return false;
  return isQuiet || more >= Math.max(fewest, imported) || Date.now() - begun >= longestMs;
}

/** Begins another import unless one runs. @returns false when its project is no longer open */
async function importMore(
  application: Pick<Application, 'call'>,
  batch: UploadBatch,
  want: Wanted,
): Promise<boolean> {
  const project = await ask(application, 'project.current', null);
  if (project?.folder !== want.project) return false;
  const before = await ask(application, 'jobs.list', null);
  if (before.some(({ kind, endedAt }) => kind === 'import' && endedAt === null)) return true;
  want.imported = batch.count;
  want.begun = Date.now();
  await ask(application, 'project.import', { folders: [...batch.roots] });
  const last = before.find(({ id, state }) => id === want.job && state === 'done');
  if (last !== undefined) await ask(application, 'jobs.dismiss', { id: last.id });
  const jobs = await ask(application, 'jobs.list', null);
  want.job = jobs.findLast(({ kind }) => kind === 'import')?.id ?? null;
  return true;
}

function foldersOf(request: unknown): readonly string[] {
  if (typeof request !== 'object' || request === null || !('folders' in request)) return [];
  const { folders } = request;
  return Array.isArray(folders) ? folders.filter((folder) => typeof folder === 'string') : [];
}

function isBelow(folder: string, parent: string): boolean {
  return folder.startsWith(parent + sep);
}
