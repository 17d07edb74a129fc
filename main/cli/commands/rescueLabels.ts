import type { Command } from 'commander';
import { saveRescuedLabels } from '../../app/saveRescuedLabels.ts';
import { formatCount, plural } from '../format.ts';
import { runCommand } from '../runCommand.ts';

export function addRescueLabelsCommand(program: Command): void {
  program
    .command('rescue-labels <project>')
    .description('Save the labels of a damaged project into a CSV file, as far as they can be read.')
    .requiredOption('--out <file>', 'the CSV file to write')
    .option('--json', 'print the result as one JSON object')
    .action((project: string, options: { readonly out: string; readonly json?: boolean }) =>
      runCommand(options, ({ terminal }) => {
        const done = saveRescuedLabels(project, options.out);
        const lost = done.lost === 0 ? '' : `; ${formatCount(done.lost)} could not be read`;
        const lines = [`${plural(done.labels, 'label')} written to ${done.path}${lost}.`];
        if (done.unnamed > 0)
          lines.push(
            'Some class names could not be read: look for "class 1" and the like, and name them in the file.',
          );
        terminal.result(lines.join('\n'), done);
      }),
    );
}
