import { Option, type Command } from 'commander';
import { exportLabels } from '../../app/exportLabels.ts';
import { labelFormats, type LabelFormat } from '../../../shared/exports.ts';
import { withReadOnlyLibrary } from '../../app/withLibrary.ts';
import { formatCount, plural } from '../format.ts';
import { runCommand } from '../runCommand.ts';

interface Options {
  readonly format: LabelFormat;
  readonly out: string;
  readonly json?: boolean;
}

export function addExportLabelsCommand(program: Command): void {
  program
    .command('export-labels <project>')
    .description('Write the labels of a project for other programs, or for another project.')
    .addOption(
      new Option(
        '--format <name>',
        'csv: a file that "genoise label --csv" takes back; imagefolder: copies of the images, a folder a class; coco: JSON',
      )
        .choices(labelFormats)
        .default('csv'),
    )
    .requiredOption('--out <path>', 'the file to write; for imagefolder a new folder')
    .option('--json', 'print the result as one JSON object')
    .action((project: string, options: Options) =>
      runCommand(options, async ({ terminal }) => {
        const done = await withReadOnlyLibrary(project, (library) =>
          exportLabels(library, options.format, options.out),
        );
        const lines = [`${plural(done.labels, 'label')} written to ${done.path}.`];
        if (done.skipped.length > 0) {
          lines.push(
            `${formatCount(done.skipped.length)} left out: ${done.skipped[0].file}: ${done.skipped[0].reason}`,
          );
        }
        terminal.result(lines.join('\n'), done);
      }),
    );
}
