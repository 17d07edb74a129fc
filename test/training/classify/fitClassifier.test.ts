import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { fitClassifier, type FitClassifierRequest } from '../../../main/classify/fitClassifier.ts';
import { freshEncoderWeights } from '../../../main/classify/freshEncoder.ts';
import { ortExecutor } from '../../../main/engine/execute/ort/ortExecutor.ts';
import { openPixelStore, type PixelStore } from '../../../main/importer/pixelStore.ts';
import { tensorHashes } from '../../../main/training/safetensors.ts';
import { textureClasses, writeTextureStore } from '../../helpers/textureStore.ts';
import { temporaryFolder } from '../../helpers/temporaryFolder.ts';
import { tinyTextureEncoder as encoder } from '../../helpers/tinyTextureEncoder.ts';
import type { Tensors } from '../../../main/engine/execute/executor.ts';
import type { TaskProgress } from '../../../main/classify/trainingTask.ts';
import type { LabelledSlots } from '../../../shared/trainingEvents.ts';

let store: PixelStore;
beforeEach(() => {
  const folder = temporaryFolder();
  writeTextureStore(folder, 96);
  store = openPixelStore(folder);
  onTestFinished(() => store.close());
});

/** Slots first … last − 1. */
function textures(first: number, last: number): LabelledSlots {
  const slots = Array.from({ length: last - first }, (_, i) => first + i);
  return { slots, classes: slots.map((slot) => slot % 3) };
}

const executor = ortExecutor({ device: 'cpu', threads: 1, spinning: false });
const base: Omit<FitClassifierRequest, 'mode' | 'store'> = {
  executor,
  encoder,
  imageSize: 16,
  encoderWeights: freshEncoderWeights(encoder, 16, 1),
  classes: textureClasses,
  labelled: textures(0, 48),
  heldOut: textures(48, 96),
  seed: 1,
};
const scratchSettings = {
  batchSize: 16,
  steps: 60,
  selectionSteps: 20,
  learningRates: [1e-6, 0.05],
  smallestCrop: 0.5,
};
const fineTuneSettings = { batchSize: 16, steps: 60, learningRate: 0.8, smallestCrop: 0.5 };

const train = (changes: Partial<FitClassifierRequest> & Pick<FitClassifierRequest, 'mode'>) =>
  fitClassifier({ ...base, store, ...changes });

/** Kernels equal to their own transposes: rows and columns look the same to them. */
function directionBlind(weights: Tensors): Tensors {
  const blind = Object.entries(weights).map(([name, tensor]) => {
    if (tensor.shape.length !== 4) return [name, tensor] as const;
    const data = Float32Array.from(tensor.data, (value, i) => {
      const [kernel, row, column] = [Math.floor(i / 9), Math.floor(i / 3) % 3, i % 3];
      return (value + tensor.data[9 * kernel + 3 * column + row]) / 2;
    });
    return [name, { ...tensor, data }] as const;
  });
  return Object.fromEntries(blind);
}

describe('from scratch', () => {
  it('chooses the learning rate that learns, learns its images and recognises others', async () => {
    const phases = new Set<string>();
    const onProgress = ({ phase }: TaskProgress): void => void phases.add(phase);
    const { evaluation, trainingAccuracy, report, steps } = await train({
      mode: 'scratch',
      settings: scratchSettings,
      onProgress,
    });
    expect(report).toMatchObject({ learningRate: 0.05 });
    expect(evaluation?.on).toBe('held-out');
    expect(evaluation?.evaluation.n).toBe(48);
    expect(evaluation?.evaluation.top1.value).toBeGreaterThan(0.9);
    expect(trainingAccuracy).toBeGreaterThanOrEqual(0.99);
    expect(steps).toBeLessThanOrEqual(180);
    expect([...phases]).toEqual(expect.arrayContaining(['selecting', 'training', 'measuring']));
  });

  it('goes on up to three times where the images are not learnt, and says what was reached', async () => {
    const settings = { ...scratchSettings, steps: 4, learningRates: [1e-6] };
    const { steps, trainingAccuracy } = await train({ mode: 'scratch', settings });
    expect(steps).toBe(12);
    expect(trainingAccuracy).toBeLessThan(0.9);
  });

  it('passes over a learning rate that diverges', async () => {
    const settings = { ...scratchSettings, steps: 10, learningRates: [1e12, 0.05], selectionSteps: 10 };
    const { report } = await train({ mode: 'scratch', settings });
    expect(report).toMatchObject({ learningRate: 0.05, selection: [{ accuracy: null }, {}] });
  });

  it('says when nothing but divergence is on offer', async () => {
    const running = train({ mode: 'scratch', settings: { ...scratchSettings, learningRates: [1e12] } });
    await expect(running).rejects.toMatchObject({ code: 'training-diverged' });
  });
});

describe('probe and fine-tuning', () => {
  it('fine-tuning gets better than the probe of an encoder that does not see what matters', async () => {
    const encoderWeights = directionBlind(base.encoderWeights ?? {});
    const probe = await train({ mode: 'probe', encoderWeights });
    const tuned = await train({ mode: 'finetune', encoderWeights, settings: fineTuneSettings });
    expect(probe.steps).toBe(0);
    expect(tuned.steps).toBe(60);
    const [before, after] = [probe, tuned].map(({ evaluation }) => evaluation?.evaluation.top1.value ?? 0);
    expect(before).toBeLessThan(0.8);
    expect(after).toBeGreaterThan(before + 0.15);
    // The probe leaves the encoder alone, fine-tuning does not.
    const name = 'encoder.conv2.weight';
    expect(tensorHashes(probe.weights)[name]).toBe(tensorHashes(encoderWeights)[name]);
    expect(tensorHashes(tuned.weights)[name]).not.toBe(tensorHashes(probe.weights)[name]);
  });

  it('without steps is the probe with fresh norm statistics', async () => {
    const settings = { ...fineTuneSettings, steps: 0 };
    const tuned = await train({ mode: 'finetune', settings });
    const probe = await train({ mode: 'probe' });
    expect(tensorHashes(tuned.weights)['classifier.weight']).toBe(
      tensorHashes(probe.weights)['classifier.weight'],
    );
  });

  it('gives the same weights from the same seed, others from another', async () => {
    const settings = { ...fineTuneSettings, steps: 5 };
    const run = async (seed: number) =>
      tensorHashes((await train({ mode: 'finetune', settings, seed })).weights);
    const first = await run(1);
    expect(await run(1)).toEqual(first);
    expect(await run(2)).not.toEqual(first);
  });

  it('probes an encoder that has learnt nothing', async () => {
    const { report, weights, evaluation } = await train({ mode: 'random-encoder', encoderWeights: null });
    expect(report).toMatchObject({ mode: 'random-encoder' });
    expect(tensorHashes(weights)['encoder.conv1.weight']).toBe(
      tensorHashes(freshEncoderWeights(encoder, 16, 1))['encoder.conv1.weight'],
    );
    expect(evaluation?.evaluation.top1.value).toBeGreaterThan(0.25);
  });
});

describe('measuring', () => {
  it('cross-validates under 30 held-out labels, over every labelled image', async () => {
    const { evaluation } = await train({ mode: 'probe', heldOut: textures(48, 77) });
    expect(evaluation?.on).toBe('cross-validation');
    expect(evaluation?.evaluation.n).toBe(48);
    const accurate = evaluation?.evaluation.top1.value ?? 0;
    const { trainingAccuracy } = await train({ mode: 'probe' });
    expect(accurate).toBeLessThan(trainingAccuracy);
  });

  it('cross-validates fine-tuning and training from scratch too', async () => {
    const heldOut = { slots: [], classes: [] };
    for (const mode of ['finetune', 'scratch'] as const) {
      const settings = { ...scratchSettings, steps: 2, selectionSteps: 1, trainingAccuracy: 0 };
      const { evaluation } = await train({ mode, settings, heldOut });
      expect(evaluation?.evaluation.n).toBe(48);
    }
  });

  it('says nothing where neither is possible', async () => {
    const labelled = textures(0, 3);
    const { evaluation } = await train({ mode: 'probe', labelled, heldOut: textures(48, 60) });
    expect(evaluation).toBeNull();
    expect((await train({ mode: 'probe', heldOut: null })).evaluation).toBeNull();
  });
});

describe('refusals', () => {
  it.each([
    ['no-labels', { slots: [], classes: [] }],
    ['too-few-classes', { slots: [0, 4, 8, 12], classes: [0, 0, 0, 0] }],
    ['more-classes-than-labels', { slots: [0, 1], classes: [0, 1] }],
  ] as const)('%s', async (code, labelled) => {
    await expect(train({ mode: 'probe', labelled })).rejects.toMatchObject({ code });
  });

  it('stops between two steps when aborted', async () => {
    const controller = new AbortController();
    let seen = 0;
    const onProgress = ({ phase }: TaskProgress): void => {
      if (phase !== 'training') return;
      if (++seen === 3) controller.abort(new Error('stop'));
    };
    const { signal } = controller;
    const running = train({ mode: 'finetune', settings: fineTuneSettings, signal, onProgress });
    await expect(running).rejects.toThrow('stop');
    expect(seen).toBe(3);
  });
});
