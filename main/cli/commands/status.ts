import { projectStatus, type ProjectStatus } from '../../app/projectStatus.ts';
import { withReadOnlyLibrary } from '../../app/withLibrary.ts';
import type { Command } from 'commander';
import { formatCount, formatTable, plural } from '../format.ts';
import { runCommand } from '../runCommand.ts';

export function addStatusCommand(program: Command): void {
  program
    .command('status <project>')
    .description('What a project holds; works while another command is running.')
    .option('--json', 'print the result as one JSON object')
    .action((project: string, options: { readonly json?: boolean }) =>
      runCommand(options, async ({ terminal }) => {
        const status = await withReadOnlyLibrary(project, projectStatus);
        terminal.result(describe(status), status);
      }),
    );
}

function describe({ folder, roots, images, classes, runs }: ProjectStatus): string {
  const lines = [
    `Project ${folder}`,
    ...roots.map((root) => `Images from ${root}`),
    `${plural(images.ready, 'usable image')} (${formatCount(images.distinct)} different), ${formatCount(images.heldOut)} held out; ` +
      `${formatCount(images.unreadable)} unreadable, ${formatCount(images.missing)} missing`,
  ];
  if (classes.length > 0) {
    const rows = classes.map(({ name, training, heldOut }) => [
      name,
      formatCount(training),
      formatCount(heldOut),
    ]);
    lines.push('', formatTable(['class', 'training labels', 'held-out labels'], rows));
  }
  if (runs.length > 0) {
    const rows = runs.map((run) => [
      String(run.id),
      run.kind,
      run.method ?? '',
      run.encoder,
      run.state,
      `${formatCount(run.doneSteps)} of ${formatCount(run.totalSteps)}`,
      Object.entries(run.metrics)
        .map(([name, value]) => `${name} ${value.toPrecision(4)}`)
        .join(', '),
    ]);
    lines.push('', formatTable(['run', 'kind', 'method', 'encoder', 'state', 'steps', 'last figures'], rows));
  }
  return lines.join('\n');
}
