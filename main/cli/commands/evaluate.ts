import { Option, type Command } from 'commander';
import { evaluateClassifier, type EvaluateSummary } from '../../app/evaluateClassifier.ts';
import { withLibrary } from '../../app/withLibrary.ts';
import type { EvaluateProgress } from '../../../shared/classifying.ts';
import { deviceChoices, type DeviceChoice } from '../../../shared/devices.ts';
import { describeEvaluation } from '../evaluationText.ts';
import { formatCount, plural } from '../format.ts';
import { runCommand } from '../runCommand.ts';

interface Options {
  readonly test?: string;
  readonly run?: string;
  readonly device: DeviceChoice;
  readonly json?: boolean;
}

export function addEvaluateCommand(program: Command): void {
  program
    .command('evaluate <project>')
    .description(
      'Measure a classifier on the held-out images, or on a folder with a subfolder for each class.',
    )
    .option('--test <folder>', 'measure on these images instead of the held-out ones')
    .option('--run <run>', 'the classifier of this run; the newest otherwise')
    .addOption(new Option('--device <name>', 'where it runs').choices(deviceChoices).default('auto'))
    .option('--json', 'print the result as one JSON object')
    .action((project: string, { test, run, device, ...options }: Options) =>
      runCommand(options, async ({ terminal, signal }) => {
        const onProgress = ({ phase, done, total }: EvaluateProgress): void =>
          terminal.progress(
            `${phase === 'reading' ? 'Reading' : 'Measuring'}: ${formatCount(done)} of ${formatCount(total)}`,
          );
        const chosen = { run: run ?? null, testFolder: test ?? null, device };
        const summary = await withLibrary(project, (library) =>
          evaluateClassifier(library, chosen, onProgress, signal),
        );
        terminal.result(describe(summary), summary);
      }),
    );
}

function describe({ run, testFolder, evaluation, unreadable, withoutClass }: EvaluateSummary): string {
  const lines = [
    `Classifier of run ${run} on ${testFolder ?? 'the held-out images'}:`,
    describeEvaluation(evaluation),
  ];
  if (unreadable > 0) lines.push(`${plural(unreadable, 'file')} could not be read.`);
  if (withoutClass > 0)
    lines.push(`${plural(withoutClass, 'file')} lie in no class folder and were left out.`);
  return lines.join('\n');
}
