import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import {
  pretrainEncoder,
  resumePretraining,
  type OnTrainingEvent,
  type PretrainSummary,
} from '../../app/pretrainEncoder.ts';
import { withLibrary } from '../../app/withLibrary.ts';
import { genoiseError } from '../../../shared/errors.ts';
import { encoderChoices, presetChoices, usualEncoder } from '../../../shared/pretraining.ts';
import { deviceChoices, type DeviceChoice } from '../../../shared/devices.ts';
import { autoOr, givenOptions, methodOption, namesOf, numberBetween, wholeNumber } from '../options.ts';
import { runCommand } from '../runCommand.ts';
import { describeTrainingEvent } from '../trainingText.ts';
import type { Terminal } from '../terminal.ts';

interface Options {
  readonly method: string;
  readonly encoder?: string;
  readonly width: number;
  readonly imageSize?: number;
  readonly batch?: number;
  readonly epochs?: number;
  readonly minutes?: number;
  readonly learningRate?: number;
  readonly accumulate: number;
  readonly init?: string;
  readonly hardNegatives?: number;
  readonly images: string;
  readonly device: DeviceChoice;
  readonly seed: number;
  readonly resume?: string;
  readonly json?: boolean;
}

export function addPretrainCommand(program: Command): void {
  program
    .command('pretrain <project>')
    .description('Pretrain an encoder on all images that are not held out, without their labels.')
    .addOption(methodOption('how it learns'))
    .addOption(
      new Option('--encoder <name>', "the network (default: resnet18, or the method's own)").choices(
        namesOf(encoderChoices),
      ),
    )
    .option('--width <factor>', 'multiplies its channels, 0.125 to 4', numberBetween(0.125, 4), 1)
    .option('--image-size <pixels>', 'side of the views, or auto', autoOr(wholeNumber(8)))
    .option('--batch <images>', 'images a step, or auto', autoOr(wholeNumber(2)))
    .option('--epochs <number>', 'times that every image is seen', wholeNumber(1))
    .option('--minutes <number>', 'how long it may take', numberBetween(0.01, 100_000))
    .option('--learning-rate <rate>', "instead of the recipe's", numberBetween(0, 1000))
    .option(
      '--accumulate <batches>',
      'batches that it learns from at a time, for larger ones than fit the memory',
      wholeNumber(1),
      1,
    )
    .option('--init <file>', "start from weights in a safetensors file with torchvision's names")
    .option(
      '--hard-negatives <beta>',
      'weigh images that look alike more in SimCLR, 0 to 10 (published: 1)',
      numberBetween(0, 10),
    )
    .addOption(
      new Option('--images <kind>', 'what the images are like')
        .choices(namesOf(presetChoices))
        .default('natural'),
    )
    .addOption(new Option('--device <name>', 'where it runs').choices(deviceChoices).default('auto'))
    .option('--seed <number>', 'start of everything random', wholeNumber(0), 1)
    .option('--resume <run>', 'go on with an interrupted run, as it was started')
    .option('--json', 'print the result as one JSON object')
    .action((project: string, options: Options, command: Command) =>
      runCommand(options, async ({ terminal, signal }) => {
        checkResumedAlone(options, command);
        const onEvent: OnTrainingEvent = (event, run) => show(terminal, describeTrainingEvent(event, run));
        const { resume } = options;
        const order = chosen(options);
        const summary = await withLibrary(project, (library) =>
          resume === undefined
            ? pretrainEncoder(library, order, onEvent, signal)
            : resumePretraining(library, resume, onEvent, signal),
        );
        terminal.result(describeSummary(summary), summary);
      }),
    );
}

/** A run goes on as it was started: what else is asked for would be ignored, or make it another run. */
function checkResumedAlone({ resume }: Options, command: Command): void {
  const others = givenOptions(command).filter((name) => name !== '--resume' && name !== '--json');
  if (resume === undefined || others.length === 0) return;
  const value = `${resume} with ${others.join(' ')}`;
  const expected = 'the only option: a run goes on with the settings that it was started with';
  throw genoiseError('invalid-option', { option: '--resume', value, expected });
}

function chosen(options: Options): Parameters<typeof pretrainEncoder>[1] {
  const { epochs, minutes } = options;
  if (epochs !== undefined && minutes !== undefined) {
    const value = `${minutes} with --epochs ${epochs}`;
    throw genoiseError('invalid-option', { option: '--minutes', value, expected: 'the only one of the two' });
  }
  return {
    method: options.method,
    settings: settingsOf(options),
    encoder: { name: options.encoder ?? usualEncoder(options.method), width: options.width },
    imageSize: options.imageSize ?? null,
    batchSize: options.batch ?? null,
    epochs: epochs ?? null,
    minutes: minutes ?? null,
    learningRate: options.learningRate ?? null,
    accumulate: options.accumulate,
    init: options.init === undefined ? null : resolve(options.init),
    preset: options.images,
    seed: options.seed,
    device: options.device,
  };
}

function settingsOf({ method, hardNegatives }: Options): { hardNegatives?: number } {
  if (hardNegatives === undefined) return {};
  if (method === 'simclr') return { hardNegatives };
  const value = `${hardNegatives} with --method ${method}`;
  throw genoiseError('invalid-option', {
    option: '--hard-negatives',
    value,
    expected: 'an option of simclr',
  });
}

function show(terminal: Terminal, { line, progress }: ReturnType<typeof describeTrainingEvent>): void {
  if (line !== undefined) terminal.line(line);
  if (progress !== undefined) terminal.progress(progress);
}

function describeSummary({ run, method, encoder, steps, checkpoint }: PretrainSummary): string {
  return `Run ${run} is done: ${encoder} pretrained with ${method} for ${steps} steps. Its encoder is in ${checkpoint}.`;
}
