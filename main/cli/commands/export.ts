import { exportClassifier, type ExportSummary } from '../../app/exportClassifier.ts';
import { withReadOnlyLibrary } from '../../app/withLibrary.ts';
import type { Command } from 'commander';
import type { ExportProgress } from '../../../shared/exporting.ts';
import { formatCount, plural } from '../format.ts';
import { runCommand } from '../runCommand.ts';

interface Options {
  readonly out: string;
  readonly encoder?: boolean;
  readonly run?: string;
  readonly json?: boolean;
}

export function addExportCommand(program: Command): void {
  program
    .command('export <project>')
    .description(
      'Write the classifier to a folder: an ONNX file that takes decoded images, scripts that use it, a model card.',
    )
    .requiredOption('--out <folder>', 'a new folder, or an earlier export, which is replaced')
    .option('--encoder', 'the encoder alone, which needs no labels')
    .option('--run <run>', 'the classifier (or encoder) of this run; the newest otherwise')
    .option('--json', 'print the result as one JSON object')
    .action((project: string, { out, encoder = false, run, ...options }: Options) =>
      runCommand(options, async ({ terminal, signal }) => {
        const onProgress = (progress: ExportProgress): void => terminal.progress(describeProgress(progress));
        const summary = await withReadOnlyLibrary(project, (library) =>
          exportClassifier(library, { out, encoder, run: run ?? null }, onProgress, signal),
        );
        terminal.result(describe(summary), summary);
      }),
    );
}

function describeProgress({ phase, done, total }: ExportProgress): string {
  if (phase === 'writing') return 'Writing the model';
  if (phase === 'checking-numbers') return 'Checking that the file computes what Genoise computes';
  return `Checking original files in a process of their own: ${formatCount(done)} of ${formatCount(total)}`;
}

function describe({ folder, files, run, sameInput, originalFiles }: ExportSummary): string {
  const { differences } = sameInput;
  const largest = Math.max(...Object.values(differences)).toExponential(1);
  const { on, files: compared, same } = originalFiles;
  const kind = on === 'held-out' ? 'held-out original file' : 'original file';
  return [
    `Exported run ${run} to ${folder}: ${files.join(', ')}.`,
    `Checked: the same pixels give the same numbers (largest difference ${largest});`,
    compared === 0
      ? 'the original files could not be reached, so they were not checked.'
      : `${formatCount(same)} of ${plural(compared, kind)} get the same answer in a process without Genoise.`,
  ].join('\n');
}
