import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { genoiseJson } from '../helpers/commandLine.ts';
import { expectFailure, failure } from '../helpers/failingCommand.ts';
import { labelOnly, makeSampleProject, type SampleProject } from '../helpers/sampleProject.ts';

const tiny = ['--width', '0.125', '--image-size', '16', '--device', 'cpu'];
let [folder, project] = ['', ''];
let files: readonly string[] = [];
let sample: SampleProject;

// Each starts processes, which takes its time where the processor is shared.
vi.setConfig({ testTimeout: 120_000 });

beforeAll(async () => {
  sample = await makeSampleProject();
  ({ folder, project, files } = sample);
});
afterAll(() => sample.remove());

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

  it('what does not go with the method or the network', async () => {
    const accumulate = [...['pretrain', project, ...tiny], '--batch', '2', '--accumulate', '2'];
    await expectFailure(
      accumulate,
      'cannot-accumulate',
      /SimCLR cannot learn from several/,
      /--accumulate out/,
    );
    const init = ['pretrain', project, ...tiny, '--init', join(sample.images, files[0])];
    await expectFailure(init, 'weights-unreadable', /holds no weights/, /safetensors/);
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
    await labelOnly(sample, files);
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
