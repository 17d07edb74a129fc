import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { drawSampleImages } from '../../app/makeSampleImages.ts';
import { evaluateClassifier } from '../../app/evaluateClassifier.ts';
import { exportClassifier } from '../../app/exportClassifier.ts';
import { importIntoProject } from '../../app/importIntoProject.ts';
import { labelImages } from '../../app/labelImages.ts';
import { labelReport } from '../../app/labelReport.ts';
import { predictFolder } from '../../app/predictFolder.ts';
import { pretrainEncoder, type OnTrainingEvent, type PretrainOptions } from '../../app/pretrainEncoder.ts';
import { trainClassifier } from '../../app/trainClassifier.ts';
import { withLibrary, withReadOnlyLibrary } from '../../app/withLibrary.ts';
import { genoiseError } from '../../../shared/errors.ts';
import { reportModes, type LabelReport } from '../../../shared/labelReport.ts';
import { methodTitle } from '../../../shared/pretraining.ts';
import { describeProportion } from '../evaluationText.ts';
import { formatCount, formatDuration, plural } from '../format.ts';
import { methodOption, wholeNumber } from '../options.ts';
import { describeReport } from '../reportText.ts';
import { runCommand, type CommandContext } from '../runCommand.ts';
import { describeTrainingEvent } from '../trainingText.ts';

interface Options {
  readonly images: number;
  readonly method: string;
  readonly epochs: number;
  readonly maxSteps: number;
  readonly draws: number;
  readonly seed: number;
  readonly json?: boolean;
}

const side = 40;
const testImages = 160;
const labelsPerClass = 20;
/** Of these labels the table learns from. */
const share = 0.5;
const encoder = { name: 'resnet18', width: 0.125 } as const;
const imageSize = 32;
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

/** What every step gets. */
interface Demo extends CommandContext {
  readonly options: Options;
  readonly places: Places;
}

/**
 * The whole chain without a window, on images that it draws, in a folder of its own. Every step is the one that the
 * command it names would take.
 */
export function addDemoCommand(program: Command): void {
  program
    .command('demo')
    .description('Run the whole chain on images drawn for it, and tell what the pretraining is worth there.')
    .option('--images <n>', 'images to draw', wholeNumber(48), 400)
    .addOption(methodOption('how the pretraining learns'))
    .option('--epochs <n>', 'of pretraining', wholeNumber(1), 60)
    .option('--max-steps <n>', 'at most so many steps for each classifier of the table', wholeNumber(1), 120)
    .option('--draws <n>', 'how often the labels of the table are drawn', wholeNumber(1), 3)
    .option('--seed <n>', 'start of everything random', wholeNumber(0), 1)
    .option('--json', 'print the table as one JSON object')
    .action((options: Options) =>
      runCommand(options, async (context) => {
        const started = performance.now();
        const places = placesIn(mkdtempSync(join(tmpdir(), 'genoise-demo-')));
        try {
          const report = await runDemo({ ...context, options, places });
          const seconds = (performance.now() - started) / 1000;
          context.terminal.result(closing(places, seconds), { seconds, report });
        } catch (error) {
          rmSync(places.folder, { recursive: true, force: true });
          throw context.signal.aborted ? genoiseError('cancelled', { job: 'demonstration' }, error) : error;
        }
      }),
    );
}

async function runDemo(demo: Demo): Promise<LabelReport> {
  await drawImages(demo);
  await importAndLabel(demo);
  await pretrain(demo);
  const report = await compare(demo);
  await trainAndMeasure(demo);
  await exportAndPredict(demo);
  return report;
}

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

async function drawImages({ terminal, signal, options, places }: Demo): Promise<void> {
  const { images: count, seed } = options;
  terminal.line('Genoise: the whole way from a folder of images to a classifier, on images drawn for it.\n');
  const { classes } = await drawSampleImages({ folder: places.images, count, seed, side }, signal);
  await drawSampleImages({ folder: places.test, count: testImages, seed: seed + 1000, side }, signal);
  terminal.line(
    `1. Drew ${plural(count, 'image')} of ${classes.length} kinds of figures (${classes.join(', ')}) ` +
      `in random colours, sizes and angles, and ${formatCount(testImages)} more to test with.`,
  );
}

async function importAndLabel(demo: Demo): Promise<void> {
  const { terminal, signal, places, options: given } = demo;
  const { images, project } = places;
  command(demo, `import ${project} ${images} --held-out 0.25`);
  const progress = ({ done, total }: { done: number; total: number }): void => {
    if (total > 0) terminal.progress(`Reading images: ${formatCount(done)} of ${formatCount(total)}`);
  };
  const options = { folders: [images], heldOutFraction: 0.25, seed: String(given.seed) };
  const summary = await importIntoProject(project, options, progress, signal);
  terminal.line(
    `2. Took in ${plural(summary.images, 'image')}; ${formatCount(summary.heldOut)} of them are held out, ` +
      'so that what is learnt can be measured on images that were never learnt from.',
  );
  command(demo, `label ${project} --from-folders --per-class ${labelsPerClass}`);
  const labelling = { source: { kind: 'folders' }, budget: { perClass: labelsPerClass } } as const;
  const { classes } = await withLibrary(project, (library) => labelImages(library, labelling));
  const labels = classes.reduce((sum, { training }) => sum + training, 0);
  terminal.line(`3. Labelled ${plural(labels, 'image')} to learn from, as if nobody had time for more.`);
}

async function pretrain(demo: Demo): Promise<void> {
  const { terminal, signal, places, options: given } = demo;
  const { project } = places;
  const { method, epochs, seed } = given;
  const { name, width } = encoder;
  command(
    demo,
    `pretrain ${project} --method ${method} --encoder ${name} --width ${width} --image-size ${imageSize} --epochs ${epochs}`,
  );
  const options: PretrainOptions = {
    ...{ method, settings: {}, encoder, imageSize, batchSize: null, epochs, minutes: null },
    ...{ learningRate: null, preset: 'natural', seed, device },
  };
  const onEvent: OnTrainingEvent = (event, run) => {
    const { progress } = describeTrainingEvent(event, run);
    if (progress !== undefined) terminal.progress(progress);
  };
  const summary = await withLibrary(project, (library) => pretrainEncoder(library, options, onEvent, signal));
  const { positiveCosine = NaN, negativeCosine = NaN } = summary.lastEpoch ?? {};
  terminal.line(
    `4. Pretrained a small ${summary.encoder} with ${methodTitle(method)} for ${plural(summary.steps, 'step')} and no label: two views of ` +
      `one image now have a cosine of ${positiveCosine.toFixed(2)}, of different images ${negativeCosine.toFixed(2)}.`,
  );
}

async function compare(demo: Demo): Promise<LabelReport> {
  const { terminal, signal, places, options } = demo;
  command(demo, `report ${places.project} --fractions ${share} --max-steps ${options.maxSteps}`);
  const wish = {
    ...{ checkpointRun: null, fractions: [share], draws: options.draws },
    device,
    modes: ['pixels', ...reportModes],
    settings: { maxSteps: options.maxSteps },
  } as const;
  const report = await withLibrary(places.project, (library) =>
    labelReport(
      library,
      wish,
      ({ done, total }) => terminal.progress(`Training ${done + 1} of ${total} classifiers`),
      signal,
    ),
  );
  terminal.line(
    `5. Learnt from ${share * 100} % of the labels in five ways, ${plural(options.draws, 'draw')} each:\n`,
  );
  terminal.line(indented(describeReport(report)));
  return report;
}

async function trainAndMeasure(demo: Demo): Promise<void> {
  const { terminal, signal, places, options: given } = demo;
  const { project, test } = places;
  command(demo, `train ${project} --mode probe`);
  const mode = { mode: 'probe', checkpointRun: null, encoder: null, imageSize: null, settings: {} } as const;
  const onProgress = ({ phase }: { phase: string }): void =>
    terminal.progress(`Training the classifier: ${phase}`);
  await withLibrary(project, (library) =>
    trainClassifier(library, { ...mode, seed: given.seed, device }, onProgress, signal),
  );
  command(demo, `evaluate ${project} --test ${test}`);
  const options = { run: null, testFolder: test, device } as const;
  const { evaluation } = await withLibrary(project, (library) =>
    evaluateClassifier(library, options, () => undefined, signal),
  );
  terminal.line(
    `6. Trained a linear classifier on all labels. On the test folder it is right in ${describeProportion(evaluation.top1)}.`,
  );
}

async function exportAndPredict(demo: Demo): Promise<void> {
  const { terminal, signal, places } = demo;
  const { project, classifier, test, answers } = places;
  command(demo, `export ${project} --out ${classifier}`);
  const options = { out: classifier, encoder: false, run: null };
  const { files, originalFiles } = await withReadOnlyLibrary(project, (library) =>
    exportClassifier(library, options, () => undefined, signal),
  );
  terminal.line(
    `7. Exported it: ${files.join(', ')}. A process that knows nothing of Genoise gave ` +
      `${formatCount(originalFiles.same)} of ${plural(originalFiles.files, 'held-out file')} the same answer.`,
  );
  command(demo, `predict ${classifier} ${test} --csv ${answers}`);
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

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '   ');
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
    '   npm run genoise -- pretrain my-project --minutes 60',
    '   npm run genoise -- --help',
  ].join('\n');
}
