import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { sampleClasses } from '../../main/importer/sampleImages.ts';
import { openProject } from '../../main/library/project.ts';
import { genoiseJson } from '../helpers/commandLine.ts';
import { expectFailure } from '../helpers/failingCommand.ts';
import { labelOnly, makeSampleProject, writeLabels, type SampleProject } from '../helpers/sampleProject.ts';

let [folder, project, csv] = ['', '', ''];
let files: readonly string[] = [];
let sample: SampleProject;

// Each starts processes, which takes its time where the processor is shared.
vi.setConfig({ testTimeout: 120_000 });

beforeAll(async () => {
  sample = await makeSampleProject();
  ({ folder, project, files } = sample);
  csv = join(folder, 'labels.csv');
});
afterAll(() => sample.remove());

function labels(lines: readonly string[]): readonly string[] {
  return ['label', project, '--csv', writeLabels(folder, lines), '--replace'];
}

describe('labels', () => {
  it('what a classifier needs before there are any', async () => {
    await expectFailure(
      ['train', project, '--mode', 'scratch', '--device', 'cpu'],
      'no-labels',
      /No image of this project has a label/,
      /genoise label <project> --from-folders/,
    );
  });

  it('a class that the project does not have, with its line', async () => {
    await labelOnly(sample, [files[0], files[1]]);
    const lines = [`${files[0]},${sampleClasses[0]}`, `${files[1]},zebra`];
    await expectFailure(
      labels(lines),
      'unknown-class',
      /^Line 3 of ".*labels.csv" names the class "zebra"/,
      new RegExp(`the classes are: ${sampleClasses[0]}, ${sampleClasses[1]}`),
    );
    expect((await genoiseJson([...labels(lines), '--new-classes'])).status).toBe(0);
  });

  it('an image that the project does not have, with its line', async () => {
    const lines = [`dots/never.png,${sampleClasses[0]}`];
    const sentence = /^Line 2 of ".*labels.csv" names the image "dots\/never.png"/;
    await expectFailure(labels(lines), 'image-not-in-project', sentence, /import the folder/);
  });

  it('a file that is no table of labels', async () => {
    await expectFailure(labels(['only one cell']), 'csv-format', /^Line 2 /, /header line "file,label"/);
    const args = ['label', project, '--csv', join(folder, 'none.csv')];
    await expectFailure(args, 'cannot-read', /none.csv" cannot be read: ENOENT/, /exists/);
  });

  it('no source of labels, or two; two budgets', async () => {
    const source = /The source of labels cannot be/;
    await expectFailure(['label', project], 'invalid-option', source, /either --from-folders or --csv/);
    const both = ['label', project, '--from-folders', '--csv', csv];
    await expectFailure(both, 'invalid-option', source, /either --from-folders or --csv/);
    const budgets = ['label', project, '--from-folders', '--per-class', '2', '--fraction', '0.5'];
    await expectFailure(budgets, 'invalid-option', /--fraction cannot be/, /only one of the two/);
  });

  it('fewer than two classes', async () => {
    await labelOnly(
      sample,
      files.filter((file) => file.startsWith('dots/')),
    );
    const args = ['train', project, '--mode', 'scratch', '--device', 'cpu'];
    await expectFailure(
      args,
      'too-few-classes',
      /at least two classes .*there are 1: dots/,
      /one more class/,
    );
  });

  it('more classes than labels to learn from', async () => {
    const opened = openProject(project);
    const held = opened.db.prepare('SELECT display_name AS name FROM images WHERE held_out = 1').all() as {
      name: string;
    }[];
    opened.close();
    const heldOut = new Set(held.map(({ name }) => name));
    const ofClass = (heldOutOnes: boolean) => (name: string) =>
      files.filter((file) => file.startsWith(`${name}/`) && heldOut.has(file) === heldOutOnes).slice(0, 1);
    const testOnly = sampleClasses.filter((name) => ofClass(true)(name).length > 0).slice(0, 2);
    const learnt = sampleClasses.filter((name) => !testOnly.includes(name)).slice(0, 1);
    await labelOnly(sample, [...testOnly.flatMap(ofClass(true)), ...learnt.flatMap(ofClass(false))]);
    await expectFailure(
      ['train', project, '--mode', 'scratch', '--device', 'cpu'],
      'more-classes-than-labels',
      /There are 3 classes but only 1 labelled image/,
      /at least one image of each class/,
    );
  });
});
