import { importImages, type ImportSummary } from '../../app/importImages.ts';
import type { Command } from 'commander';
import type { ImportProgress } from '../../../shared/importing.ts';
import { formatBytes, formatCount, formatDuration, plural } from '../format.ts';
import { numberBetween } from '../options.ts';
import { rateMeter } from '../rateMeter.ts';
import { runCommand } from '../runCommand.ts';
import type { Terminal } from '../terminal.ts';

interface Options {
  readonly heldOut?: number;
  readonly holdOutAll?: boolean;
  readonly seed?: string;
  readonly json?: boolean;
}

const unreadableShown = 20;

export function addImportCommand(program: Command): void {
  program
    .command('import <project> <folder...>')
    .description(
      'Read folders of JPEG and PNG images, recursively, into a project. The originals are never changed.',
    )
    .option('--held-out <share>', 'share of the images kept for testing, 0 to 0.5', numberBetween(0, 0.5))
    .option('--hold-out-all', 'these folders hold test images: keep all that is new in them for testing')
    .option('--seed <text>', 'decides which images those are')
    .option('--json', 'print the result as one JSON object')
    .action((project: string, folders: readonly string[], options: Options) =>
      runCommand(options, async ({ terminal, signal }) => {
        const { heldOut, holdOutAll, seed } = options;
        const meter = rateMeter();
        const summary = await importImages(
          project,
          {
            folders,
            ...(heldOut !== undefined && { heldOutFraction: heldOut }),
            ...(holdOutAll !== undefined && { holdOutAll }),
            ...(seed !== undefined && { seed }),
          },
          (progress) => show(terminal, progress, meter),
          signal,
        );
        terminal.result(describeSummary(summary), summary);
      }),
    );
}

function show(terminal: Terminal, progress: ImportProgress, meter: ReturnType<typeof rateMeter>): void {
  const { phase, found, total, done, storeBytes } = progress;
  switch (phase) {
    case 'scanning':
      if (found > 0) terminal.progress(`Looking for images: ${formatCount(found)} found`);
      break;
    case 'planned': {
      const size = storeBytes === null ? '' : `; they will take up to ${formatBytes(storeBytes)} on disk`;
      terminal.note(`${plural(total, 'image')} to read${size}.`);
      break;
    }
    case 'reading': {
      const { perSecond, secondsLeft } = meter(done, total);
      const speed = `${perSecond.toFixed(0)}/s · ${formatDuration(secondsLeft)} left`;
      terminal.progress(`Reading images: ${formatCount(done)} of ${formatCount(total)} · ${speed}`);
    }
  }
}

function describeSummary(summary: ImportSummary): string {
  const { imported, unchanged, duplicates, unreadable, missing, images, heldOut } = summary;
  const lines = [
    `Read ${plural(imported, 'image')} (${formatCount(unchanged)} unchanged, ${formatCount(duplicates)} duplicates).`,
    `The project has ${plural(images, 'usable image')}, ${formatCount(heldOut)} of them held out for testing.`,
  ];
  if (missing > 0) lines.push(`${plural(missing, 'image')} of an earlier import can no longer be found.`);
  if (unreadable.length > 0) lines.push(`${plural(unreadable.length, 'file')} could not be used:`);
  for (const { file, reason } of unreadable.slice(0, unreadableShown)) lines.push(`  ${file}: ${reason}`);
  if (unreadable.length > unreadableShown) {
    lines.push(`  and ${formatCount(unreadable.length - unreadableShown)} more (--json lists all)`);
  }
  return lines.join('\n');
}
