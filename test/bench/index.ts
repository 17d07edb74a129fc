import { Command, Option } from 'commander';
import { numberBetween, wholeNumber } from '../../main/cli/options.ts';
import { benchFloor, type FloorBenchOptions } from './floor.ts';
import { benchFuzz, writeHostileTable, type FuzzOptions } from './hostile.ts';
import { benchGpu, type GpuBenchOptions } from './gpu.ts';
import { benchImport, type ImportBenchOptions } from './import.ts';
import { benchKill, type KillBenchOptions } from './kill.ts';
import { benchLabels, type LabelBenchOptions } from './labels.ts';
import { benchLibrary, type LibraryBenchOptions } from './library.ts';
import { benchMemory, type MemoryBenchOptions } from './memory.ts';
import { benchPhotographs, type PhotographBenchOptions } from './photographs.ts';
import { takePictures, type PicturesOptions } from './pictures.ts';
import { benchReading, type ReadingBenchOptions } from './reading.ts';
import { benchStep, type StepBenchOptions } from './step.ts';
import { benchTrain, type TrainBenchOptions } from './train.ts';
import { benchUi, type UiBenchOptions } from './ui.ts';
import type { BenchResult } from './report.ts';

const program = new Command('bench').description(
  'Every number that the docs quote, by the command that made it.',
);

program
  .command('step')
  .description('one training step against PyTorch (Debian: python3-torch, libopenblas0-pthread), in turns')
  .option('--rounds <n>', 'timed steps on each side', wholeNumber(1), 15)
  .option('--warmup <n>', 'steps before them', wholeNumber(0), 3)
  .addOption(
    new Option(
      '--lowering <name>',
      'how ours is written: cpu as the app does on the CPU, portable as elsewhere',
    )
      .choices(['cpu', 'portable'])
      .default('cpu'),
  )
  .option('--only <text>', 'only shapes whose name contains this', '')
  .option('--no-profile', 'do not tell the milliseconds of each kind of operator')
  .option('--json', 'print the last comparison as one JSON object')
  .action(async (options: StepBenchOptions & { json?: boolean }) => print(await benchStep(options), options));

program
  .command('floor')
  .description('where the time of a training step goes, beside what its operations and bytes must take')
  .option('--steps <n>', 'timed steps of each shape, beside the profile', wholeNumber(1), 10)
  .option('--only <text>', 'only shapes whose name contains this', '')
  .option('--json', 'print the result furthest from its floor as one JSON object')
  .action(async (options: FloorBenchOptions & { json?: boolean }) =>
    print(await benchFloor(options), options),
  );

program
  .command('train')
  .description('a whole training, data and views included, against PyTorch and torchvision, in turns')
  .requiredOption('--data <folder>', 'a folder with a folder for each class')
  .option('--out <folder>', 'keep the project there, and use the one that is there')
  .option('--rounds <n>', 'turns of each side', wholeNumber(1), 7)
  .option('--steps <n>', 'timed steps of a turn', wholeNumber(1), 20)
  .option('--only <text>', 'only shapes whose name contains this', '')
  .option('--json', 'print the worst comparison as one JSON object')
  .action(async (options: TrainBenchOptions & { json?: boolean }) =>
    print(await benchTrain(options), options),
  );

program
  .command('gpu')
  .description('ceilings and training steps on the GPU, ours and PyTorch’s, in under 8 minutes')
  .option('--out <file>', 'every result is written here as it comes', 'gpu-bench.jsonl')
  .option('--python <command>', 'a Python that has PyTorch')
  .option('--dry', 'tiny sizes on whatever there is: shows that all works, measures nothing', false)
  .action(async (options: GpuBenchOptions) => {
    const rows = await benchGpu(options);
    process.stdout.write(`${JSON.stringify({ bench: 'gpu', rows })}\n`);
  });

program
  .command('photographs')
  .description('the whole chain on real photographs: pretraining, then four ways to use few labels')
  .requiredOption('--data <folder>', 'a folder with train/<class>/ and test/<class>/')
  .requiredOption('--out <folder>', 'where project and results are kept; what is finished is not done again')
  .option('--epochs <n>', 'pretraining epochs', wholeNumber(1), 40)
  .option('--batch <n>', 'pretraining batch', wholeNumber(2), 128)
  .option('--width <factor>', "the encoder's width", numberBetween(0.125, 4), 0.25)
  .option('--method <name>', 'pretraining method', 'simclr')
  .option('--draws <n>', 'draws of labels', wholeNumber(1), 3)
  .option('--plot <file>', 'draw the table as an SVG')
  .option('--json', 'print the result as one JSON object')
  .action(async (options: PhotographBenchOptions & { json?: boolean }) =>
    print(await benchPhotographs(options), options),
  );

program
  .command('reading')
  .description(
    'the share of a training that is spent waiting for batches, with a cold cache and on a slow disk',
  )
  .option('--images <n>', 'slots of 32 px; a fifth as many of 128 px', wholeNumber(1000), 100_000)
  .option('--batch <n>', 'images a step', wholeNumber(2), 128)
  .option('--step <ms>', 'how long a pretended step takes', wholeNumber(1), 100)
  .option('--steps <n>', 'steps that are timed', wholeNumber(2), 100)
  .option('--slow <ms>', 'what the pretended slow disk takes for a slot', wholeNumber(1), 2)
  .option('--stores <folder>', 'keep the generated stores there, and use those that are there')
  .option('--json', 'print one result as one JSON object, with all')
  .action(async (options: ReadingBenchOptions & { json?: boolean }) =>
    print(await benchReading(options), options),
  );

program
  .command('labels')
  .description('every method on the same photographs: kNN over epochs, then what shares of the labels reach')
  .requiredOption('--data <folder>', 'a folder with train/<class>/ and test/<class>/')
  .requiredOption('--out <folder>', 'where the project is kept')
  .option(
    '--results <file>',
    'finished cells; what it holds is not done again',
    'docs/benchmarks/labels.json',
  )
  .option('--methods <names>', 'commas between them, or all', 'all')
  .option('--epochs <n>', 'pretraining epochs', wholeNumber(2), 10)
  .option('--width <factor>', "the encoder's width", numberBetween(0.125, 4), 0.25)
  .option('--max-steps <n>', 'at most so many steps for each classifier', wholeNumber(1), 300)
  .option('--per-class <n>', 'only so many photographs of each class to learn from', wholeNumber(10))
  .option('--probe-only', 'no fine-tuning', false)
  .option('--plot <file>', 'draw kNN over epochs as an SVG')
  .option('--json', 'print the worst result as one JSON object, with all')
  .action(async (options: LabelBenchOptions & { json?: boolean }) =>
    print(await benchLabels(options), options),
  );

program
  .command('import')
  .description('a whole import against PIL + torchvision (Debian: python3-torchvision) decoding and resizing')
  .option('--data <folder>', 'a folder of photographs')
  .option('--large <n>', 'generated JPEGs of 12 megapixels, beside them', wholeNumber(0), 500)
  .option('--rounds <n>', 'runs on each side', wholeNumber(1), 5)
  .option('--json', 'print the last comparison as one JSON object')
  .action(async (options: ImportBenchOptions & { json?: boolean }) =>
    print(await benchImport(options), options),
  );

program
  .command('hostile')
  .description('imports a folder of hostile files and writes docs/hostile-files.md: what each was told')
  .action(writeHostileTable);

program
  .command('fuzz')
  .description('imports images that were spoilt at random: every one must have a row at the end')
  .option('--count <n>', 'images', wholeNumber(1), 5000)
  .option('--seed <n>', 'decides what happens to them', wholeNumber(0), 2026)
  .option('--json', 'print the result as one JSON object')
  .action(async (options: FuzzOptions & { json?: boolean }) => print(await benchFuzz(options), options));

program
  .command('memory')
  .description('the memory of a whole import, of many files and of a tenth of them')
  .option('--files <n>', 'files', wholeNumber(1000), 100_000)
  .option('--json', 'print the result as one JSON object')
  .action(async (options: MemoryBenchOptions & { json?: boolean }) =>
    print(await benchMemory(options), options),
  );

program
  .command('kill')
  .description(
    'kills processes that import and label at random instants: nothing acknowledged may be missing',
  )
  .option('--kills <n>', 'kills in each half', wholeNumber(1), 100)
  .option('--pictures <n>', 'pictures of the imported folder', wholeNumber(40), 300)
  .option('--json', 'print the result as one JSON object')
  .action(async (options: KillBenchOptions & { json?: boolean }) => print(await benchKill(options), options));

program
  .command('library')
  .description(
    'a library of generated rows in the threads that the application uses: opening, lists, labels, memory',
  )
  .option('--rows <list>', 'numbers of images', numberList, [100_000, 1_000_000])
  .option('--plot <folder>', 'draw time and memory against the number of images as SVGs')
  .option('--projects <folder>', 'keep the generated projects there, and use those that are there')
  .option('--json', 'print the worst result as one JSON object, with all')
  .action(async (options: LibraryBenchOptions & { json?: boolean }) =>
    print(await benchLibrary(options), options),
  );

program
  .command('ui')
  .description(
    'the pages on large projects, in Chromium: first paint, scrolling, memory, a key press to its label',
  )
  .option('--rows <list>', 'numbers of images', numberList, [100_000, 1_000_000])
  .option('--jumps <n>', 'jumps to positions drawn at random', wholeNumber(1), 100)
  .option('--presses <n>', 'labels given by a key', wholeNumber(1), 100)
  .option(
    '--data <folder>',
    'photographs: for the thumbnails, and to import (otherwise drawn ones, and no import)',
  )
  .option('--projects <folder>', 'keep the generated projects there, and use those that are there')
  .option('--json', 'print the worst result as one JSON object, with all')
  .action(async (options: UiBenchOptions & { json?: boolean }) => print(await benchUi(options), options));

program
  .command('pictures')
  .description('walks from a folder of photographs to a classifier, and takes the pictures of docs/guide.md')
  .requiredOption('--data <folder>', 'a folder with a folder for each class')
  .option('--out <folder>', 'where the pictures go', 'out/pictures')
  .option('--images <n>', 'images of all classes together', wholeNumber(20), 1000)
  .option('--classes <n>', 'classes, spread over those that there are', wholeNumber(2), 5)
  .option('--rounds <n>', 'pretraining epochs', wholeNumber(1), 20)
  .option('--labels <n>', 'images that are labelled by keys', wholeNumber(10), 150)
  .option(
    '--home <folder>',
    'what the pictures show as the home of the user; made, and taken away at the end',
  )
  .option('--guide', 'put those that docs/guide.md shows into their place')
  .action((options: PicturesOptions) => takePictures(options));

await program.parseAsync();

/** Whole numbers from 1, commas between them. */
function numberList(text: string): readonly number[] {
  return text.split(',').map(wholeNumber(1));
}

/** With `--json` the last line of standard output is one object: the comparison that came out worst, and all of them. */
function print(results: readonly BenchResult[], { json }: { json?: boolean }): void {
  const [worst] = results.toSorted((a, b) => (a.ratio ?? 0) - (b.ratio ?? 0));
  if (json === true && worst) process.stdout.write(`${JSON.stringify({ ...worst, all: results })}\n`);
}
