import { InvalidArgumentError, Option, type Command } from 'commander';
import { labelReport, usualReport, type ReportProgress } from '../../app/labelReport.ts';
import { withLibrary } from '../../app/withLibrary.ts';
import { deviceChoices, type DeviceChoice } from '../../../shared/devices.ts';
import { formatFraction, reportModes } from '../../../shared/labelReport.ts';
import { modeNames } from '../../../shared/modeNames.ts';
import { describeTraining } from '../classifierText.ts';
import { formatDuration } from '../format.ts';
import { wholeNumber } from '../options.ts';
import { describeReport } from '../reportText.ts';
import { runCommand } from '../runCommand.ts';

interface Options {
  readonly fractions: readonly number[];
  readonly draws: number;
  readonly checkpoint?: string;
  readonly maxSteps?: number;
  readonly device: DeviceChoice;
  readonly json?: boolean;
}

export function addReportCommand(program: Command): void {
  program
    .command('report <project>')
    .description(
      'Tell what the pretraining is worth: classifiers from shares of the labels, beside training from scratch.',
    )
    .option('--fractions <list>', 'shares of the labels, commas between them', shares, usualReport.fractions)
    .option('--draws <n>', 'how often a share is drawn anew', wholeNumber(1), usualReport.draws)
    .option('--checkpoint <run>', 'the pretraining run to start from; the newest otherwise')
    .option('--max-steps <n>', 'at most so many steps for each classifier', wholeNumber(1))
    .addOption(new Option('--device <name>', 'where it runs').choices(deviceChoices).default('auto'))
    .option('--json', 'print the result as one JSON object')
    .action((project: string, options: Options) =>
      runCommand(options, async ({ terminal, signal }) => {
        const { fractions, draws, checkpoint, maxSteps, device } = options;
        const wish = {
          ...{ fractions, draws, device, modes: reportModes },
          checkpointRun: checkpoint ?? null,
          settings: maxSteps === undefined ? {} : { maxSteps },
        };
        const onProgress = (progress: ReportProgress): void => terminal.progress(describeProgress(progress));
        const report = await withLibrary(project, (library) =>
          labelReport(library, wish, onProgress, signal),
        );
        terminal.result(describeReport(report), report);
      }),
    );
}

/** "0.01,0.1,1" */
function shares(text: string): readonly number[] {
  const values = [...new Set(text.split(',').map(Number))];
  if (values.every((value) => value > 0 && value <= 1)) return values;
  throw new InvalidArgumentError('expected numbers above 0 and at most 1, such as 0.01,0.1,1.');
}

function describeProgress(progress: ReportProgress): string {
  const { done, total, secondsLeft, mode, fraction, draw, training } = progress;
  return [
    `${done} of ${total}`,
    ...(secondsLeft === null ? [] : [`${formatDuration(secondsLeft)} for all that is left`]),
    `${formatFraction(fraction)} of the labels, draw ${draw}`,
    training === null ? modeNames[mode].toLowerCase() : describeTraining(training),
  ].join(' · ');
}
