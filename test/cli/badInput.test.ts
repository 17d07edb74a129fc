import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { sampleClasses, writeSampleImages } from '../../main/importer/sampleImages.ts';
import { importIntoProject } from '../../main/app/importIntoProject.ts';
import { labelImages } from '../../main/app/labelImages.ts';
import { withLibrary } from '../../main/app/withLibrary.ts';
import { lockProject } from '../../main/library/lockProject.ts';
import { openProject } from '../../main/library/project.ts';
import { genoiseJson } from '../helpers/commandLine.ts';

const folder = mkdtempSync(join(realpathSync(tmpdir()), 'genoise-bad-'));
const [images, project, empty, csv] = ['images', 'project', 'empty', 'labels.csv'].map((n) =>
  join(folder, n),
);
const tiny = ['--width', '0.125', '--image-size', '16', '--device', 'cpu'];
const count = 3 * sampleClasses.length;
let files: readonly string[] = [];

// Each starts processes, which takes its time where the processor is shared.
vi.setConfig({ testTimeout: 120_000 });

beforeAll(async () => {
  mkdirSync(empty);
  files = await writeSampleImages(images, { count, seed: 1, side: 20 });
  await importIntoProject(project, { folders: [images], heldOutFraction: 0.25, seed: 'a' }, () => undefined);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a command that must fail, and checks that it tells the same thing to people and to programs. */
async function failure(
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<{ code: string; message: string; remedy: string; details: Record<string, unknown> }> {
  const { status, data, err } = await genoiseJson(args, environment);
  const error = data.error as Awaited<ReturnType<typeof failure>>;
  expect(status).toBe(1);
  expect(err).toContain(`Error: ${error.message}\n${error.remedy}\n`);
  return error;
}

async function expectFailure(
  args: readonly string[],
  code: string,
  message: RegExp,
  remedy: RegExp,
): Promise<void> {
  const error = await failure(args);
  expect(error.code).toBe(code);
  expect(error.message).toMatch(message);
  expect(error.remedy).toMatch(remedy);
}

function labels(lines: readonly string[]): readonly string[] {
  writeFileSync(csv, ['file,label', ...lines].join('\n'));
  return ['label', project, '--csv', csv, '--replace'];
}

/** Gives these images, and no others, the class that their folder names. */
async function labelOnly(chosen: readonly string[]): Promise<void> {
  labels(chosen.map((file) => `${file},${file.split('/')[0]}`));
  const options = { source: { kind: 'csv', file: csv }, replace: true, newClasses: true } as const;
  await withLibrary(project, (library) => labelImages(library, options));
}

describe('folders and projects', () => {
  it('no such folder: nothing is made', async () => {
    const made = join(folder, 'never');
    const args = ['import', made, join(folder, 'nowhere')];
    await expectFailure(args, 'no-such-folder', /no folder at ".*nowhere"/, /spelling/);
    expect(existsSync(made)).toBe(false);
  });

  it('a folder without images', async () => {
    const args = ['import', join(folder, 'other'), empty];
    await expectFailure(args, 'no-images', /were found in ".*empty"/, /folder that holds/);
    expect(existsSync(join(folder, 'other'))).toBe(false);
  });

  it('what was decided when the project was made', async () => {
    const args = ['import', project, images];
    const stays = /Leave --\w+(-\w+)? out/;
    await expectFailure(
      [...args, '--held-out', '0.4'],
      'decided-before',
      /--held-out cannot be "0.4"/,
      stays,
    );
    await expectFailure([...args, '--seed', 'other'], 'decided-before', /--seed cannot be "other"/, stays);
    const later = join(folder, 'later');
    cpSync(join(images, 'dots'), join(later, 'dots'), { recursive: true });
    const side = ['import', project, later, '--side', '8'];
    await expectFailure(side, 'decided-before', /--side cannot be "8": the project was made with/, stays);
    expect((await genoiseJson([...args, '--seed', 'a'])).status).toBe(0);
  });

  it('a folder that is no project', async () => {
    await expectFailure(['status', empty], 'not-a-project', /is not a Genoise project/, /genoise import/);
    await expectFailure(['status', join(folder, 'x')], 'no-such-folder', /no folder at/, /spelling/);
  });

  it('a project that is in use, which can be looked at all the same', async () => {
    const lock = lockProject(project);
    onTestFinished(() => lock.release());
    const args = ['label', project, '--from-folders'];
    await expectFailure(args, 'project-in-use', /is open in another/, /wait until that job has ended/);
    expect((await genoiseJson(['status', project])).status).toBe(0);
  });
});

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
    await labelOnly([files[0], files[1]]);
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
    await labelOnly(files.filter((file) => file.startsWith('dots/')));
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
    await labelOnly([...testOnly.flatMap(ofClass(true)), ...learnt.flatMap(ofClass(false))]);
    await expectFailure(
      ['train', project, '--mode', 'scratch', '--device', 'cpu'],
      'more-classes-than-labels',
      /There are 3 classes but only 1 labelled image/,
      /at least one image of each class/,
    );
  });
});

describe('training', () => {
  it('nothing to start from', async () => {
    const probe = ['train', project, '--mode', 'probe', '--device', 'cpu'];
    await expectFailure(probe, 'no-checkpoint', /no pretrained encoder/, /genoise pretrain/);
    await expectFailure(['evaluate', project], 'no-classifier', /no trained classifier/, /genoise train/);
    await expectFailure(
      ['export', project, '--out', join(folder, 'out')],
      'no-classifier',
      /no trained/,
      /train/,
    );
  });

  it('a batch of more images than there are', async () => {
    const args = ['pretrain', project, ...tiny, '--batch', '1000000'];
    await expectFailure(
      args,
      'batch-too-large',
      /1000000 images is too large: there are only/,
      /--batch \d+ or less/,
    );
  });

  it('a batch too large for the memory', async () => {
    const args = ['pretrain', project, ...tiny, '--image-size', '32', '--batch', '16'];
    const error = await failure(args, { GENOISE_MEMORY_MB: '290' });
    expect(error.code).toBe('batch-too-large');
    expect(error.message).toMatch(/a step would need about 0\.[3-9] GB of memory, and 0\.3 GB are free/);
    expect(error.remedy).toMatch(/--batch \d+ or less, a smaller --image-size/);
    // Where not even two images fit, no batch is named.
    expect((await failure(args, { GENOISE_MEMORY_MB: '100' })).code).toBe('out-of-memory');
  });

  it('a device that is not there, with those that are', async () => {
    const noGpu = { VK_ICD_FILENAMES: '/nowhere.json', VK_DRIVER_FILES: '/nowhere.json' };
    const args = ['pretrain', project, '--width', '0.125', '--image-size', '16', '--device', 'webgpu'];
    const error = await failure(args, noGpu);
    expect(error.code).toBe('device-unavailable');
    expect(error.message).toContain('The device "webgpu" cannot be used here');
    expect(error.remedy).toContain('Devices found on this machine: cpu.');
    expect(error.details.found).toEqual(['cpu']);
  });

  it('TensorFlow where nobody has installed it, with how to add it', async () => {
    const args = ['pretrain', project, '--width', '0.125', '--image-size', '16', '--device', 'tensorflow'];
    const error = await failure(args, { GENOISE_TENSORFLOW: '/nowhere' });
    expect(error.code).toBe('tensorflow-missing');
    expect(error.message).toBe('TensorFlow is not installed in "/nowhere".');
    expect(error.remedy).toContain('npm install @tensorflow/tfjs-node-gpu');
  });

  it('options that exclude each other', async () => {
    const pretrain = ['pretrain', project, ...tiny];
    const two = [...pretrain, '--epochs', '1', '--minutes', '1'];
    await expectFailure(two, 'invalid-option', /--minutes cannot be/, /only one of the two/);
    const resume = ['pretrain', project, '--resume', '1', '--epochs', '3'];
    await expectFailure(
      resume,
      'invalid-option',
      /--resume cannot be "1 with --epochs"/,
      /settings that it was/,
    );
    const train = ['train', project, '--mode', 'probe'];
    await expectFailure(
      [...train, '--width', '2'],
      'invalid-option',
      /--width cannot be "2"/,
      /with --encoder/,
    );
    await expectFailure(
      [...train, '--min-steps', '5'],
      'invalid-option',
      /--min-steps cannot/,
      /finetune or scratch/,
    );
  });

  it('a run that there is not', async () => {
    await expectFailure(
      ['pretrain', project, '--resume', '99'],
      'run-not-found',
      /no run 99/,
      /Its runs are: 1, 2/,
    );
    const train = ['train', project, '--mode', 'probe', '--checkpoint', '99'];
    await expectFailure(train, 'run-not-found', /no run 99/, /Its runs are/);
    await expectFailure(['evaluate', project, '--run', 'x'], 'run-not-found', /no run x/, /Its runs are/);
  });

  it('a checkpoint of another architecture, and a damaged one', async () => {
    const pretrained = await genoiseJson(['pretrain', project, ...tiny, '--batch', '16', '--epochs', '1']);
    expect(pretrained.status).toBe(0);
    await labelOnly(files);
    const probe = ['train', project, '--mode', 'probe', '--device', 'cpu'];
    await expectFailure(
      [...probe, '--encoder', 'resnet50', '--width', '0.125'],
      'checkpoint-other-architecture',
      /holds a resnet18.*but a resnet50.*was asked for/,
      /Ask for a resnet18/,
    );
    const path = join(project, pretrained.data.checkpoint as string);
    const bytes = readFileSync(path);
    bytes[bytes.length - 1000] ^= 0xff;
    writeFileSync(path, bytes);
    await expectFailure(
      probe,
      'checkpoint-corrupted',
      /checkpoint ".*safetensors" is damaged/,
      /train again/,
    );
  });
});
