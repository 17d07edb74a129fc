import { basename } from 'node:path';
import { importImages } from './importImages.ts';
import type { ImportProgress } from '../../shared/importing.ts';
import type { ApplicationContext } from './context.ts';
import type { JobReport } from './jobQueue.ts';

/** Starts to import folders into the open project. */
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
        await importImages(library, { folders }, watch, signal);
      } finally {
        context.changed('images');
      }
    },
  });
}

function reportOf({ phase, found, done, total, unreadable, restart }: ImportProgress, ms: number): JobReport {
  if (phase !== 'reading') return { note: `looking for images: ${found.toLocaleString('en')} found` };
  const rate = done / (ms / 1000);
  const skipped = unreadable === 0 ? '' : `, ${unreadable.toLocaleString('en')} cannot be read`;
  const again = restart === undefined ? '' : `, carefully since the decoder crashed (${restart.count} so far)`;
  return {
    note: `reading images${skipped}${again}`,
    progress: { done, total, unit: 'images' },
    rate: { value: rate, unit: 'images/s' },
    etaSeconds: rate > 0 ? (total - done) / rate : null,
  };
}
