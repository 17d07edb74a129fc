import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { freshEncoderWeights } from '../../main/classify/freshEncoder.ts';
import { ortExecutor } from '../../main/engine/execute/ort/ortExecutor.ts';
import { torchvisionWeights } from '../../main/exporter/torchvisionWeights.ts';
import { openPixelStore } from '../../main/importer/pixelStore.ts';
import { createEncoder } from '../../main/nn/createEncoder.ts';
import { stemFor } from '../../main/nn/resnet.ts';
import { methods } from '../../main/ssl/methods.ts';
import { embedSlots } from '../../main/training/embed.ts';
import { startRun, type RunStart } from '../../main/training/pretrainSetup.ts';
import { forCommandLine } from '../../main/cli/commandLineWords.ts';
import { errorToPlain, type GenoiseError } from '../../shared/errors.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';
import { tinyJob, tinySettings, writeTinyStore } from '../helpers/tinyTraining.ts';
import type { Tensors } from '../../main/engine/execute/executor.ts';
import type { ModelInfo } from '../../main/exporter/modelInfo.ts';
import type { EncoderName } from '../../main/nn/encoder.ts';
import type { PretrainJob } from '../../shared/trainingEvents.ts';

const executor = ortExecutor({ device: 'cpu', threads: 1, spinning: false });
const info: ModelInfo = {
  kind: 'encoder',
  ...{ classes: [], imageSize: 16, longestSide: 16 },
  ...{ encoder: '', method: '', genoiseVersion: '0.0.0' },
};

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
  writeTinyStore(`${folder}/pixels`, 32);
});

function weightsOf(name: EncoderName, { width = 0.125, imageSize = 16 } = {}): Tensors {
  const encoder = createEncoder({ name, width, stem: stemFor(imageSize) });
  return freshEncoderWeights(encoder, imageSize, 99);
}

/** The file that an export would write, with what `extra` adds to it. */
function exported(weights: Tensors, extra: readonly RawTensor[] = []): string {
  const path = join(temporaryFolder(), 'encoder.safetensors');
  const file = Buffer.concat(torchvisionWeights(weights, info));
  writeFileSync(path, extra.length === 0 ? file : withTensors(file, extra));
  return path;
}

interface RawTensor {
  readonly name: string;
  readonly dtype: 'I64' | 'F32' | 'F16';
  readonly shape: readonly number[];
}

/** The file as another program would have written it, with more tensors, of zeros, and without our hash. */
function withTensors(file: Buffer, extra: readonly RawTensor[]): Buffer {
  const end = 8 + Number(file.readBigUInt64LE(0));
  const { __metadata__: _, ...entries } = JSON.parse(file.toString('utf8', 8, end)) as Record<string, object>;
  let offset = file.length - end;
  for (const { name, dtype, shape } of extra) {
    const size = shape.reduce((product, dim) => product * dim, { I64: 8, F32: 4, F16: 2 }[dtype]);
    entries[name] = { dtype, shape, data_offsets: [offset, offset + size] };
    offset += size;
  }
  const header = Buffer.from(JSON.stringify(entries));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const zeros = Buffer.alloc(offset - (file.length - end));
  return Buffer.concat([length, header, file.subarray(end), zeros]);
}

function start(init: string, changes: Partial<PretrainJob> = {}): RunStart {
  return startRun(tinyJob(folder, { settings: tinySettings.simclr, init, ...changes }), methods, 16);
}

function failure(init: string, changes: Partial<PretrainJob> = {}): GenoiseError {
  try {
    start(init, changes);
  } catch (error) {
    return error as GenoiseError;
  }
  throw new Error('it fits');
}

describe('weights to start from', () => {
  it('give the features of the encoder that was exported, of which the file is named in the plan', async () => {
    const weights = weightsOf('resnet18');
    const run = start(exported(weights));
    for (const [name, tensor] of Object.entries(weights)) expect(run.state[name], name).toEqual(tensor);
    expect(run.draft.init).toBe('encoder.safetensors');
    const store = openPixelStore(`${folder}/pixels`);
    const encoder = createEncoder(run.draft.encoder);
    const features = (from: Tensors) =>
      embedSlots({ encoder, weights: from, store, imageSize: 16, executor, batchSize: 4 }, [0, 1, 2, 3]);
    expect(await features(run.state)).toEqual(await features(weights));
    const drawn = startRun(tinyJob(folder, { settings: tinySettings.simclr }), methods, 16);
    expect(await features(drawn.state)).not.toEqual(await features(weights));
    expect(drawn.draft).not.toHaveProperty('init');
    store.close();
  });

  it('may have a classifying layer and counters, as published ones have', () => {
    const weights = weightsOf('resnet18');
    const path = exported(weights, [
      { name: 'fc.weight', dtype: 'F32', shape: [10, 64] },
      { name: 'fc.bias', dtype: 'F16', shape: [10] },
      { name: 'bn1.num_batches_tracked', dtype: 'I64', shape: [] },
    ]);
    expect(start(path).state['encoder.bn1.weight']).toEqual(weights['encoder.bn1.weight']);
  });

  it('are those of the slower copy too, which starts as its encoder', () => {
    const weights = weightsOf('resnet18');
    const { state } = start(exported(weights), { method: 'byol', settings: tinySettings.byol });
    expect(state['target.encoder.conv1.weight']).toEqual(weights['encoder.conv1.weight']);
    expect(state['target.encoder.conv1.weight'].data).not.toBe(state['encoder.conv1.weight'].data);
  });

  it('can be those of a RegNetY', () => {
    const weights = weightsOf('regnet_y_400mf');
    const encoder = { name: 'regnet_y_400mf', width: 0.125 };
    const { state } = start(exported(weights), { encoder });
    expect(state['encoder.stem.0.weight']).toEqual(weights['encoder.stem.0.weight']);
  });
});

describe('weights that do not fit', () => {
  it('of a deeper network are told by what the smaller one does not have', () => {
    const error = failure(exported(weightsOf('resnet34')));
    expect(error.code).toBe('weights-do-not-fit');
    expect(error.message).toMatch(
      /do not fit a resnet18 of width 0.125 with the small stem: the network does not have layer\d\.\d\.\S+, \S+, \S+ and \d+ more\.$/,
    );
  });

  it('of a smaller network are told by what is missing', () => {
    const error = failure(exported(weightsOf('resnet18')), { encoder: { name: 'resnet34', width: 0.125 } });
    expect(error.message).toMatch(/: it lacks layer1\.2\.conv1\.weight, .* and \d+ more\.$/);
  });

  it('of another width are told by their shapes', () => {
    const error = failure(exported(weightsOf('resnet18', { width: 0.25 })));
    expect(error.message).toContain('conv1.weight ([16, 3, 3, 3] instead of [8, 3, 3, 3])');
    expect(forCommandLine(errorToPlain(error)).remedy).toContain('Give --encoder and --width');
  });

  it('but for the first layer name the image size to choose', () => {
    const [small, large] = [{ imageSize: 16 }, { imageSize: 64 }].map((size) => weightsOf('resnet18', size));
    const standard = failure(exported(large));
    expect(standard.code).toBe('weights-other-stem');
    expect(standard.message).toContain('first layer looks at 7×7 pixels; for images of 16 pixels it is one');
    expect(standard.remedy).toBe('Choose an image size of 64 pixels or more.');
    expect(forCommandLine(errorToPlain(standard)).remedy).toBe('Use an --image-size of 64 or more.');
    const other = failure(exported(small), { imageSize: 64 });
    expect(other.code).toBe('weights-other-stem');
    expect(other.remedy).toBe('Choose an image size of less than 64 pixels.');
    expect(start(exported(large), { imageSize: 64 }).draft.encoder.stem).toBe('standard');
  });

  it('are told from what are none, or are of a type that is not read', () => {
    const path = join(temporaryFolder(), 'weights');
    writeFileSync(path, 'these are no weights at all');
    expect(failure(path).code).toBe('weights-unreadable');
    const half = exported(weightsOf('resnet18'), [{ name: 'x', dtype: 'F16', shape: [2] }]);
    expect(failure(half).message).toContain('"x" is of the type F16, which is not read');
    expect(failure(join(folder, 'nothing')).code).toBe('cannot-read');
  });
});
