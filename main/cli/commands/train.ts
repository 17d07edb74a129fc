import { Option, type Command } from 'commander';
import { trainClassifier, type TrainSummary } from '../../app/trainClassifier.ts';
import type { TrainOptions } from '../../app/trainingOrder.ts';
import { withLibrary } from '../../app/withLibrary.ts';
import { genoiseError } from '../../../shared/errors.ts';
import type { ClassifierMode, TrainProgress } from '../../../shared/classifying.ts';
import { deviceChoices, type DeviceChoice } from '../../../shared/devices.ts';
import { modeNames } from '../../../shared/modeNames.ts';
import { encoderChoices, type EncoderName } from '../../../shared/pretraining.ts';
import { describeEvaluation, describeProportion } from '../evaluationText.ts';
import { plural } from '../format.ts';
import { autoOr, numberBetween, wholeNumber } from '../options.ts';
import { runCommand, type CommandContext } from '../runCommand.ts';
import { describeTraining } from '../classifierText.ts';

interface Options {
  readonly mode: 'probe' | 'finetune' | 'scratch';
  readonly checkpoint?: string;
  readonly encoder?: EncoderName;
  readonly width?: number;
  readonly imageSize?: number;
  readonly minSteps?: number;
  readonly seed: number;
  readonly device: DeviceChoice;
  readonly json?: boolean;
}

export function addTrainCommand(program: Command): void {
  program
    .command('train <project>')
    .description(
      'Train a classifier on the labels: on the pretrained encoder, or from scratch to compare with.',
    )
    .addOption(
      new Option(
        '--mode <name>',
        'what is trained: the head alone, everything, or everything from random weights',
      )
        .choices(['probe', 'finetune', 'scratch'])
        .makeOptionMandatory(),
    )
    .option('--checkpoint <run>', 'the pretraining run to start from; the newest otherwise')
    .addOption(
      new Option('--encoder <name>', "for scratch; the newest pretraining's otherwise").choices(
        encoderChoices.map(({ name }) => name),
      ),
    )
    .option('--width <factor>', 'with --encoder', numberBetween(0.125, 4))
    .option('--image-size <pixels>', 'for scratch, or auto', autoOr(wholeNumber(8)))
    .option('--min-steps <number>', 'train at least this many steps', wholeNumber(1))
    .option('--seed <number>', 'start of everything random', wholeNumber(0), 1)
    .addOption(new Option('--device <name>', 'where it runs').choices(deviceChoices).default('auto'))
    .option('--json', 'print the result as one JSON object')
    .action((project: string, options: Options) =>
      runCommand(options, async (context) => {
        checkUseful(options);
        const summary = await train(project, options, options.mode, context);
        if (options.mode !== 'scratch') return context.terminal.result(describe(summary), summary);
        // What the network's mere shape gives away: from scratch is worth what it has beyond this.
        const random = await train(project, options, 'random-encoder', context);
        const beside = [describe(summary), '', describeBriefly(random)].join('\n');
        context.terminal.result(beside, { ...summary, randomEncoder: random });
      }),
    );
}

/** Refuses what would be ignored. */
function checkUseful({ mode, encoder, width, minSteps }: Options): void {
  if (width !== undefined && encoder === undefined) {
    const expected = 'given together with --encoder';
    throw genoiseError('invalid-option', { option: '--width', value: String(width), expected });
  }
  if (minSteps !== undefined && mode === 'probe') {
    const expected = 'given with --mode finetune or scratch: a probe is not trained in steps';
    throw genoiseError('invalid-option', { option: '--min-steps', value: String(minSteps), expected });
  }
}

function train(
  project: string,
  options: Options,
  mode: ClassifierMode,
  { terminal, signal }: CommandContext,
): Promise<TrainSummary> {
  const onProgress = (progress: TrainProgress, run: { readonly id: number }): void =>
    terminal.progress(`Run ${run.id}, ${describeTraining(progress)}`);
  return withLibrary(project, (library) =>
    trainClassifier(library, chosen(options, mode), onProgress, signal),
  );
}

function chosen(options: Options, mode: ClassifierMode): TrainOptions {
  const { checkpoint, encoder, width, imageSize, minSteps, seed, device } = options;
  return {
    mode,
    checkpointRun: checkpoint ?? null,
    encoder: encoder === undefined ? null : { name: encoder, width: width ?? 1 },
    imageSize: imageSize ?? null,
    settings: minSteps === undefined || mode === 'random-encoder' ? {} : { minSteps },
    seed,
    device,
  };
}

function describe(summary: TrainSummary): string {
  const { run, mode, encoder, device, labels, evaluation, classesLeftOut } = summary;
  const head = [
    `Run ${run}: ${modeNames[mode].toLowerCase()} of ${encoder} from ${plural(labels, 'label')}, on ${device}.`,
    ...(classesLeftOut.length === 0
      ? []
      : [`Left out, since all their labels are on held-out images: ${classesLeftOut.join(', ')}.`]),
  ].join('\n');
  if (evaluation === null)
    return `${head}\nNothing could be measured: label some held-out images, or use evaluate --test.`;
  return [head, measuredOn(evaluation.on), describeEvaluation(evaluation.evaluation)].join('\n');
}

function describeBriefly({ run, mode, evaluation }: TrainSummary): string {
  const accuracy = evaluation === null ? 'not measured' : describeProportion(evaluation.evaluation.top1);
  return `Beside it, run ${run}: ${modeNames[mode].toLowerCase()}, top-1 ${accuracy}`;
}

function measuredOn(on: string): string {
  return on === 'cross-validation'
    ? 'Too few held-out images have labels, so this is cross-validation over the labelled ones:'
    : 'Measured on the held-out images:';
}
