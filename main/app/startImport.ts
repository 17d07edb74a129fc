import { basename } from 'node:path';
import { importImages } from './importImages.ts';
import { askForStore, freeBytesOf, unaskedBytes } from './storeQuestions.ts';
import type { ImportProgress } from '../../shared/importing.ts';
import type { Library } from '../library/client.ts';
import type { ApplicationContext } from './context.ts';
import type { JobReport } from './jobQueue.ts';

/**
 * Starts to import folders into the open project. Where that would take much of the disk, it first waits to be told how
 * large the copies of the images shall be.
 */
export function startImport(context: ApplicationContext, folders: readonly string[]): void {
  const library = context.library();
  const [first] = folders;
  const title =
    folders.length === 1 ? `Importing “${basename(first)}”` : `Importing ${folders.length} folders`;
  context.jobs.start({
    kind: 'import',
    lane: 'import',
    title,
    run: async ({ report, signal }) => {
      const began = Date.now();
      const watch = (progress: ImportProgress): void => {
        report(reportOf(progress, Date.now() - began));
        if (progress.done > 0) context.changed('images');
      };
      try {
        await importAsking(context, library, folders, { watch, report, signal });
      } finally {
        context.changed('images');
      }
    },
  });
}

interface Watching {
  readonly watch: (progress: ImportProgress) => void;
  readonly report: (report: JobReport) => void;
  readonly signal: AbortSignal;
}

/** An import that would take much ends with its plan, and is begun anew with the answer. */
async function importAsking(
  context: ApplicationContext,
  library: Library,
  folders: readonly string[],
  { watch, report, signal }: Watching,
): Promise<void> {
  const freeBytes = await freeBytesOf(library.folder);
  const mostBytes = unaskedBytes(freeBytes);
  let plan: ImportProgress | null = null;
  const look = (progress: ImportProgress): void => {
    plan = progress.phase === 'planned' ? progress : null;
    watch(progress);
  };
  await importImages(library, { folders, mostBytes }, look, signal);
  // Read anew: assigned in a callback.
  const large = plan as ImportProgress | null;
  if (large === null || (large.storeBytes ?? 0) <= mostBytes || large.smaller.length === 0) return;
  report({ note: 'waiting for your answer: how large the copies of the images shall be' });
  const slotSize = await askForStore(context, large, freeBytes, signal);
  await importImages(library, { folders, slotSize }, watch, signal);
}

function reportOf(progress: ImportProgress, ms: number): JobReport {
  const { phase, found, done, total, unreadable, restart, storeBytes } = progress;
  if (phase !== 'reading') return { note: `looking for images: ${found.toLocaleString('en')} found` };
  const room = storeBytes === null || storeBytes < 1e6 ? '' : `, up to ${inBytes(storeBytes)} of disk`;
  const rate = done / (ms / 1000);
  const skipped = unreadable === 0 ? '' : `, ${unreadable.toLocaleString('en')} cannot be read`;
  const again =
    restart === undefined ? '' : `, carefully since the decoder crashed (${restart.count} so far)`;
  return {
    note: `reading images${room}${skipped}${again}`,
    progress: { done, total, unit: 'images' },
    rate: { value: rate, unit: 'images/s' },
    etaSeconds: rate > 0 ? (total - done) / rate : null,
  };
}

function inBytes(bytes: number): string {
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
