import type { ImportSummary } from '../../app/importImages.ts';
import { importIntoProject } from '../../app/importIntoProject.ts';
import type { Command } from 'commander';
import type { ImportProgress } from '../../../shared/importing.ts';
import { formatBytes, formatCount, formatDuration, plural } from '../format.ts';
import { numberBetween, wholeNumber } from '../options.ts';
import { rateMeter } from '../rateMeter.ts';
import { runCommand } from '../runCommand.ts';
import type { Terminal } from '../terminal.ts';

interface Options {
  readonly heldOut?: number;
  readonly holdOutAll?: boolean;
  readonly seed?: string;
  readonly side?: number;
  readonly json?: boolean;
}

const unreadableShown = 20;

export function addImportCommand(program: Command): void {
  program
    .command('import <project> <folder...>')
    .description(
      'Read folders of images (JPEG, PNG, WebP, GIF, TIFF, AVIF, BMP), recursively, into a project.' +
        ' The originals are never changed.',
    )
    .option('--held-out <share>', 'share of the images kept for testing, 0 to 0.5', numberBetween(0, 0.5))
    .option('--hold-out-all', 'these folders hold test images: keep all that is new in them for testing')
    .option('--seed <text>', 'decides which images those are')
    .option(
      '--side <pixels>',
      'side to which the images of a new project are shrunk, 8 to 256; chosen from the images when absent',
      wholeNumber(8),
    )
    .option('--json', 'print the result as one JSON object')
    .action((project: string, folders: readonly string[], options: Options) =>
      runCommand(options, async ({ terminal, signal }) => {
        const { heldOut, holdOutAll, seed, side } = options;
        const show = progressView(terminal);
        const summary = await importIntoProject(
          project,
          {
            folders,
            ...(heldOut !== undefined && { heldOutFraction: heldOut }),
            ...(holdOutAll !== undefined && { holdOutAll }),
            ...(seed !== undefined && { seed }),
            ...(side !== undefined && { slotSize: side }),
          },
          show,
          signal,
        );
        terminal.result(describeSummary(summary), summary);
      }),
    );
}

/** Shows an import's progress: the plan once, each new start of the decoder once, the rest in one line. */
function progressView(terminal: Terminal): (progress: ImportProgress) => void {
  const meter = rateMeter();
  let restarts = 0;
  return (progress) => {
    const { phase, found, total, done, restart } = progress;
    if (restart !== undefined && restart.count > restarts) {
      restarts = restart.count;
      terminal.note(describeRestart(restart));
    } else if (phase === 'planned') terminal.note(describePlan(progress));
    else if (phase === 'reading') {
      const { perSecond, secondsLeft } = meter(done, total);
      const speed = `${perSecond.toFixed(0)}/s · ${formatDuration(secondsLeft)} left`;
      const again = restarts === 0 ? '' : ` · ${plural(restarts, 'restart')}`;
      terminal.progress(`Reading images: ${formatCount(done)} of ${formatCount(total)} · ${speed}${again}`);
    } else if (found > 0) terminal.progress(`Looking for images: ${formatCount(found)} found`);
  };
}

function describePlan({ total, storeBytes, smaller }: ImportProgress): string {
  const size = storeBytes === null ? '' : `; they will take up to ${formatBytes(storeBytes)} on disk`;
  const choice = smaller.at(smaller.length > 1 ? 1 : 0);
  const less = choice ? ` (${formatBytes(choice.bytes)} with --side ${choice.slotSize})` : '';
  return `${plural(total, 'image')} to read${size}${less}.`;
}

function describeRestart({ file }: NonNullable<ImportProgress['restart']>): string {
  return file === null
    ? 'The part that reads images stopped unexpectedly. It was started again and goes on carefully, one image at a time.'
    : `The part that reads images stopped again at "${file}". That file is passed over, and reading goes on.`;
}

function describeSummary(summary: ImportSummary): string {
  const { imported, unchanged, duplicates, unreadable, unreadableFolders, notes, missing, images, heldOut } =
    summary;
  const lines = [
    `Read ${plural(imported, 'image')} (${formatCount(unchanged)} unchanged, ${formatCount(duplicates)} duplicates).`,
    `The project has ${plural(images, 'usable image')}, ${formatCount(heldOut)} of them held out for testing.`,
  ];
  if (missing > 0) lines.push(`${plural(missing, 'image')} of an earlier import can no longer be found.`);
  if (unreadableFolders.length > 0) {
    lines.push(`${plural(unreadableFolders.length, 'folder')} could not be opened:`);
    for (const folder of unreadableFolders.slice(0, unreadableShown)) lines.push(`  ${folder}`);
  }
  if (notes.length > 0) {
    lines.push(`About ${plural(notes.length, 'image')} there is something to say, for example:`);
    lines.push(`  ${notes[0].file}: ${notes[0].note}`);
  }
  if (unreadable.length > 0) lines.push(`${plural(unreadable.length, 'file')} could not be used:`);
  for (const { file, reason } of unreadable.slice(0, unreadableShown)) lines.push(`  ${file}: ${reason}`);
  if (unreadable.length > unreadableShown) {
    lines.push(`  and ${formatCount(unreadable.length - unreadableShown)} more (--json lists all)`);
  }
  return lines.join('\n');
}
