import { labelImages, type LabelSummary } from '../../app/labelImages.ts';
import { withLibrary } from '../../app/withLibrary.ts';
import type { LabelBudget } from '../../app/drawLabels.ts';
import { genoiseError } from '../../../shared/errors.ts';
import type { Command } from 'commander';
import { formatCount, formatTable, plural } from '../format.ts';
import { numberBetween, wholeNumber } from '../options.ts';
import { runCommand } from '../runCommand.ts';

interface Options {
  readonly fromFolders?: boolean;
  readonly csv?: string;
  readonly newClasses?: boolean;
  readonly fraction?: number;
  readonly perClass?: number;
  readonly replace?: boolean;
  readonly seed: string;
  readonly json?: boolean;
}

export function addLabelCommand(program: Command): void {
  program
    .command('label <project>')
    .description(
      'Label images by the folders that they lie in, or by a CSV file with the columns file and label.',
    )
    .option('--from-folders', "an image's class is the name of its folder")
    .option('--csv <file>', 'a file with a header "file,label"')
    .option('--new-classes', 'let the CSV file name classes that the project does not have')
    .option(
      '--fraction <share>',
      'use this share of the labels of each class; held-out images keep all',
      numberBetween(0, 1),
    )
    .option(
      '--per-class <number>',
      'use this many labels of each class; held-out images keep all',
      wholeNumber(1),
    )
    .option('--replace', 'take away every other label')
    .option('--seed <text>', 'which labels --fraction and --per-class use', '1')
    .option('--json', 'print the result as one JSON object')
    .action((project: string, options: Options) =>
      runCommand(options, async ({ terminal }) => {
        const budget = budgetOf(options);
        const { newClasses, replace, seed } = options;
        const chosen = {
          source: sourceOf(options),
          seed,
          ...(budget && { budget }),
          ...(replace !== undefined && { replace }),
          ...(newClasses !== undefined && { newClasses }),
        };
        const summary = await withLibrary(project, (library) => labelImages(library, chosen));
        terminal.result(describe(summary), summary);
      }),
    );
}

function sourceOf({
  fromFolders = false,
  csv,
}: Options): { kind: 'folders' } | { kind: 'csv'; file: string } {
  if (fromFolders === (csv !== undefined)) {
    const value = fromFolders ? '--from-folders --csv' : '';
    throw genoiseError('invalid-option', {
      option: 'The source of labels',
      value,
      expected: 'either --from-folders or --csv FILE',
    });
  }
  return csv === undefined ? { kind: 'folders' } : { kind: 'csv', file: csv };
}

function budgetOf({ fraction, perClass }: Options): LabelBudget | undefined {
  if (fraction !== undefined && perClass !== undefined) {
    throw genoiseError('invalid-option', {
      option: '--fraction',
      value: `${fraction} with --per-class`,
      expected: 'the only one of the two',
    });
  }
  if (fraction !== undefined) return { fraction };
  return perClass === undefined ? undefined : { perClass };
}

function describe({ given, changed, removed, classes }: LabelSummary): string {
  const rows = classes.map(({ name, training, heldOut }) => [
    name,
    formatCount(training),
    formatCount(heldOut),
  ]);
  return [
    `${plural(given, 'image')} labelled (${formatCount(changed)} changed, ${formatCount(removed)} labels taken away).`,
    formatTable(['class', 'training', 'held out'], rows),
  ].join('\n');
}
