import { predictFolder, type PredictSummary } from '../../app/predictFolder.ts';
import type { Command } from 'commander';
import { formatCount, formatDuration, formatTable, plural } from '../format.ts';
import { rateMeter } from '../rateMeter.ts';
import { runCommand } from '../runCommand.ts';

interface Options {
  readonly csv: string;
  readonly json?: boolean;
}

const unreadableShown = 20;

export function addPredictCommand(program: Command): void {
  program
    .command('predict <classifier> <folder>')
    .description('Answer every image of a folder, recursively, with an exported classifier.')
    .requiredOption('--csv <file>', 'where to write file, label, probability and a column for each class')
    .option('--json', 'print the result as one JSON object')
    .action((classifierFolder: string, imageFolder: string, { csv, ...options }: Options) =>
      runCommand(options, async ({ terminal, signal }) => {
        const meter = rateMeter();
        const summary = await predictFolder(
          { classifierFolder, imageFolder, csvPath: csv },
          ({ done, total }) => {
            const { perSecond, secondsLeft } = meter(done, total);
            terminal.progress(
              `Predicting: ${formatCount(done)} of ${formatCount(total)} · ` +
                `${perSecond.toFixed(0)}/s · ${formatDuration(secondsLeft)} left`,
            );
          },
          signal,
        );
        terminal.result(describe(summary), summary);
      }),
    );
}

function describe({ predicted, counts, unreadable, csv }: PredictSummary): string {
  const rows = counts.map(({ name, images }) => [name, formatCount(images)]);
  const lines = [
    `Answered ${plural(predicted, 'image')}; the answers are in ${csv}.`,
    formatTable(['class', 'images'], rows),
  ];
  if (unreadable.length > 0) lines.push(`${plural(unreadable.length, 'file')} could not be read:`);
  for (const { file, reason } of unreadable.slice(0, unreadableShown)) lines.push(`  ${file}: ${reason}`);
  if (unreadable.length > unreadableShown) {
    lines.push(`  and ${formatCount(unreadable.length - unreadableShown)} more (--json lists all)`);
  }
  return lines.join('\n');
}
