import type { Command } from 'commander';
import { relinkImages } from '../../app/relinkImages.ts';
import { withLibrary } from '../../app/withLibrary.ts';
import { plural } from '../format.ts';
import { runCommand } from '../runCommand.ts';

export function addRelinkCommand(program: Command): void {
  program
    .command('relink <project> <old> <new>')
    .description(
      'Tell a project that a folder of images has moved from <old> to <new>; labels stay with their images.',
    )
    .option('--json', 'print the result as one JSON object')
    .action((project: string, from: string, to: string, options: { readonly json?: boolean }) =>
      runCommand(options, async ({ terminal }) => {
        const summary = await withLibrary(project, (library) => relinkImages(library, from, to));
        const lines = summary.moved.map((move) => `${move.from} is now ${move.to}`);
        lines.push(`${summary.same} of ${plural(summary.looked, 'file')} that were looked at are the same.`);
        terminal.result(lines.join('\n'), summary);
      }),
    );
}
