import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleClasses, writeSampleImages } from '../importer/sampleImages.ts';
import { genoiseError } from '../../shared/errors.ts';
import { evaluateClassifier } from '../app/evaluateClassifier.ts';
import { exportClassifier } from '../app/exportClassifier.ts';
import { importIntoProject } from '../app/importIntoProject.ts';
import { labelImages } from '../app/labelImages.ts';
import { predictFolder } from '../app/predictFolder.ts';
import { pretrainEncoder, type OnTrainingEvent, type PretrainOptions } from '../app/pretrainEncoder.ts';
import { trainClassifier, type TrainSummary } from '../app/trainClassifier.ts';
import { withLibrary, withReadOnlyLibrary } from '../app/withLibrary.ts';
import type { Proportion } from '../../shared/evaluation.ts';
import { describeProportion } from './evaluationText.ts';
import { formatCount, formatDuration, plural } from './format.ts';
import { runCommand, type CommandContext } from './runCommand.ts';
import { describeTrainingEvent } from './trainingText.ts';

/**
 * `npm run demo`: the whole chain without a window, on images that it draws, in a folder of its own.
 * Every step is the one that the command it names would take. Arguments, for tests: number of images, epochs.
 */
const [imageCount = 400, epochs = 20] = process.argv.slice(2).map(Number);

const side = 40;
const testImages = 160;
const labelsPerClass = 10;
const encoder = { name: 'resnet18', width: 0.125 } as const;
const imageSize = 32;
const seed = 1;
const device = 'cpu';

/** Where everything of one demonstration lies. */
interface Places {
  readonly folder: string;
  readonly images: string;
  readonly test: string;
  readonly project: string;
  readonly classifier: string;
  readonly answers: string;
}

await runCommand({}, async (context) => {
  const started = performance.now();
  const places = placesIn(mkdtempSync(join(tmpdir(), 'genoise-demo-')));
  try {
    await drawImages(places, context);
    await importAndLabel(places, context);
    await pretrain(places, context);
    await trainAndMeasure(places, context);
    await exportAndPredict(places, context);
    context.terminal.result(closing(places, (performance.now() - started) / 1000), {});
  } catch (error) {
    rmSync(places.folder, { recursive: true, force: true });
    throw context.signal.aborted ? genoiseError('cancelled', { job: 'demonstration' }, error) : error;
  }
});

function placesIn(folder: string): Places {
  const place = (name: string): string => join(folder, name);
  return {
    folder,
    images: place('images'),
    test: place('test-images'),
    project: place('project'),
    classifier: place('classifier'),
    answers: place('answers.csv'),
  };
}

async function drawImages({ images, test }: Places, { terminal, signal }: CommandContext): Promise<void> {
  terminal.line('Genoise: the whole way from a folder of images to a classifier, on images drawn for it.\n');
  await writeSampleImages(images, { count: imageCount, seed, side, signal });
  await writeSampleImages(test, { count: testImages, seed: seed + 1, side, signal });
  terminal.line(
    `1. Drew ${plural(imageCount, 'image')} of ${sampleClasses.length} kinds of figures (${sampleClasses.join(', ')}) ` +
      `in random colours, sizes and angles, and ${formatCount(testImages)} more to test with.`,
  );
}

async function importAndLabel({ images, project }: Places, context: CommandContext): Promise<void> {
  const { terminal, signal } = context;
  command(context, `import ${project} ${images} --held-out 0.25`);
  const progress = ({ done, total }: { done: number; total: number }): void => {
    if (total > 0) terminal.progress(`Reading images: ${formatCount(done)} of ${formatCount(total)}`);
  };
  const options = { folders: [images], heldOutFraction: 0.25, seed: 'demo' };
  const summary = await importIntoProject(project, options, progress, signal);
  terminal.line(
    `2. Took in ${plural(summary.images, 'image')}; ${formatCount(summary.heldOut)} of them are held out, ` +
      'so that what is learnt can be measured on images that were never learnt from.',
  );
  command(context, `label ${project} --from-folders --per-class ${labelsPerClass}`);
  const labelling = { source: { kind: 'folders' }, budget: { perClass: labelsPerClass } } as const;
  const { classes } = await withLibrary(project, (library) => labelImages(library, labelling));
  const labels = classes.reduce((sum, { training }) => sum + training, 0);
  terminal.line(`3. Labelled ${plural(labels, 'image')} to learn from, as if nobody had time for more.`);
}

async function pretrain({ project }: Places, context: CommandContext): Promise<void> {
  const { terminal, signal } = context;
  const { name, width } = encoder;
  command(
    context,
    `pretrain ${project} --method simclr --encoder ${name} --width ${width} --image-size ${imageSize} --epochs ${epochs}`,
  );
  const options: PretrainOptions = {
    ...{ method: 'simclr', settings: {}, encoder, imageSize, batchSize: null, epochs, minutes: null },
    ...{ learningRate: null, preset: 'natural', seed, device },
  };
  const onEvent: OnTrainingEvent = (event, run) => {
    const { progress } = describeTrainingEvent(event, run);
    if (progress !== undefined) terminal.progress(progress);
  };
  const summary = await withLibrary(project, (library) => pretrainEncoder(library, options, onEvent, signal));
  const { positiveCosine = NaN, negativeCosine = NaN } = summary.lastEpoch ?? {};
  terminal.line(
    `4. Pretrained a small ${summary.encoder} with SimCLR for ${plural(summary.steps, 'step')} and no label: two views of ` +
      `one image now have a cosine of ${positiveCosine.toFixed(2)}, of different images ${negativeCosine.toFixed(2)}.`,
  );
}

async function trainAndMeasure({ project, test }: Places, context: CommandContext): Promise<void> {
  const { terminal, signal } = context;
  const train = (mode: 'probe' | 'random-encoder'): Promise<TrainSummary> =>
    withLibrary(project, (library) =>
      trainClassifier(
        library,
        { ...{ mode, checkpointRun: null, encoder: null, imageSize: null, settings: {} }, seed, device },
        ({ phase }) => terminal.progress(`Training the classifier: ${phase}`),
        signal,
      ),
    );
  const random = await train('random-encoder');
  command(context, `train ${project} --mode probe`);
  const probe = await train('probe');
  terminal.line(
    `5. Trained a linear classifier on the labels. On held-out images it is right in ${accuracyOf(probe)};\n` +
      `   over a random encoder, which learnt nothing, in ${accuracyOf(random)}; by guessing, in ` +
      `${(100 / sampleClasses.length).toFixed(1)} %.`,
  );
  command(context, `evaluate ${project} --test ${test}`);
  const options = { run: null, testFolder: test, device } as const;
  const { evaluation } = await withLibrary(project, (library) =>
    evaluateClassifier(library, options, () => undefined, signal),
  );
  terminal.line(`6. On the test folder it is right in ${describeProportion(evaluation.top1)}.`);
}

async function exportAndPredict(places: Places, context: CommandContext): Promise<void> {
  const { terminal, signal } = context;
  const { project, classifier, test, answers } = places;
  command(context, `export ${project} --out ${classifier}`);
  const options = { out: classifier, encoder: false, run: null };
  const { files, originalFiles } = await withReadOnlyLibrary(project, (library) =>
    exportClassifier(library, options, () => undefined, signal),
  );
  terminal.line(
    `7. Exported it: ${files.join(', ')}. A process that knows nothing of Genoise gave ` +
      `${formatCount(originalFiles.same)} of ${plural(originalFiles.files, 'held-out file')} the same answer.`,
  );
  command(context, `predict ${classifier} ${test} --csv ${answers}`);
  const predictOptions = { classifierFolder: classifier, imageFolder: test, csvPath: answers };
  const { predicted } = await predictFolder(predictOptions, () => undefined, signal);
  const [, first] = readFileSync(answers, 'utf8').split('\n');
  const [file, answer] = first.split(',');
  terminal.line(
    `8. Answered ${plural(predicted, 'image')} with the exported file alone; the first one, ${file}: ${answer}.`,
  );
}

/** What a person would type for the step that follows. */
function command({ terminal }: CommandContext, text: string): void {
  terminal.line(`\n   npm run genoise -- ${text}`);
}

function accuracyOf({ evaluation }: TrainSummary): string {
  const top1: Proportion | undefined = evaluation?.evaluation.top1;
  return top1 === undefined ? 'no measured share of them' : describeProportion(top1);
}

function closing({ folder, classifier, answers }: Places, seconds: number): string {
  return [
    '',
    `That took ${formatDuration(seconds)}. Everything lies in ${folder}; delete it when you like.`,
    `  the classifier, with a model card and how to run it: ${classifier}`,
    `  its answers for the test images: ${answers}`,
    '',
    'Now with your own images:',
    '',
    '   npm run genoise -- import my-project <folder with images>',
    '   npm run genoise -- pretrain my-project --method simclr --minutes 60',
    '   npm run genoise -- --help',
  ].join('\n');
}
