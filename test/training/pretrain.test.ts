import { truncateSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { ortExecutor } from '../../main/engine/execute/ort/ortExecutor.ts';
import { multiply, reduceSum, square, subtract } from '../../main/engine/graph/ops.ts';
import { linear } from '../../main/nn/layers.ts';
import { l2Normalize } from '../../main/ssl/l2Normalize.ts';
import { simclr } from '../../main/ssl/simclr.ts';
import { readCheckpoint } from '../../main/training/checkpoint.ts';
import { checkpointPath, checkpointSteps } from '../../main/training/checkpointFolder.ts';
import { pretrain } from '../../main/training/pretrain.ts';
import { tensorHashes } from '../../main/training/safetensors.ts';
import { errorCode } from '../helpers/errorCode.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';
import { recordingHost, tinyJob, tinySettings, writeTinyStore } from '../helpers/tinyTraining.ts';
import type { Method } from '../../main/ssl/method.ts';
import type { TrainingHost } from '../../main/training/trainingHost.ts';
import type { PretrainJob, PretrainOutcome, TrainingEvent } from '../../shared/trainingEvents.ts';

const executor = ortExecutor({ device: 'cpu', threads: 1, spinning: false });

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
  writeTinyStore(`${folder}/pixels`, 64);
});

interface Result {
  readonly outcome: PretrainOutcome;
  readonly events: readonly TrainingEvent[];
  readonly hashes: Readonly<Record<string, string>>;
}

async function run(job: Partial<PretrainJob>, changes: Partial<TrainingHost> = {}): Promise<Result> {
  const { host, events } = recordingHost(executor, changes);
  const outcome = await pretrain(tinyJob(folder, { settings: tinySettings.simclr, ...job }), host);
  return { outcome, events, hashes: tensorHashes(readCheckpoint(outcome.checkpoint).state) };
}

let uninterrupted: Promise<Result> | undefined;

/** Two epochs from their start to their end, for all tests that compare with them. */
function whole(): Promise<Result> {
  uninterrupted ??= run({ checkpointFolder: `${folder}/whole` });
  return uninterrupted;
}

function ofKind<K extends TrainingEvent['kind']>(
  events: readonly TrainingEvent[],
  kind: K,
): Extract<TrainingEvent, { kind: K }>[] {
  return events.filter((event): event is Extract<TrainingEvent, { kind: K }> => event.kind === kind);
}

/** A host that asks to stop once `step` steps are done. */
function stoppingAt(step: number): Partial<TrainingHost> {
  const controller = new AbortController();
  const report = (event: TrainingEvent): void => {
    if (event.kind === 'progress' && event.step === step) controller.abort();
  };
  return { signal: controller.signal, progressSeconds: 0, report };
}

/** Only pulls the two views of an image together: nothing keeps all images from becoming one. */
const alignmentOnly: Method = {
  ...simclr,
  name: 'alignment-only',
  chanceLoss: () => null,
  build: ({ views, encoder, scope, batchSize }) => {
    const [a, b] = views.map((view) =>
      l2Normalize(linear(scope.child('head'), encoder.build(scope.child('encoder'), view), { out: 8 })),
    );
    return { loss: multiply(reduceSum(square(subtract(a, b))), 1 / batchSize), embeddings: [a, b] };
  },
};

describe('pretrain', () => {
  it('learns: the loss falls below chance and views of one image come together', async () => {
    const slots = Array.from({ length: 64 }, (_, i) => i);
    const labelled = { slots, classes: slots.map((i) => i % 4) };
    const { events, outcome } = await run({ slots, labelled, epochs: 12, batchSize: 16, learningRate: 0.24 });
    const epochs = ofKind(events, 'epoch');
    expect(epochs.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    const mean = (of: readonly number[]): number => of.reduce((sum, value) => sum + value, 0) / of.length;
    expect(mean(epochs.slice(-3).map(({ loss }) => loss))).toBeLessThan(Math.log(31) - 0.1);
    expect(epochs[0].loss).toBeGreaterThan(Math.log(31));
    expect(epochs[11].positiveCosine).toBeGreaterThan(epochs[11].negativeCosine + 0.2);
    expect(epochs[11].spreadTarget).toBeCloseTo(0.25);
    for (const { knnAccuracy } of epochs)
      expect((knnAccuracy ?? NaN) * 64).toBeCloseTo(Math.round((knnAccuracy ?? NaN) * 64));
    expect(ofKind(events, 'health').map(({ state }) => state)).toEqual(['learning']);
    expect(outcome).toMatchObject({ state: 'done', step: 48 });
  });

  it('tells what it does, in order', async () => {
    const { events } = await run({ epochs: 1 }, { progressSeconds: 0 });
    expect(events.map(({ kind }) => kind)).toEqual([
      'started',
      'checkpoint',
      'progress',
      'progress',
      'progress',
      'epoch',
      'energies',
      'progress',
      'checkpoint',
      'end',
    ]);
    expect(events[0]).toMatchObject({
      step: 0,
      totalSteps: 4,
      stepsPerEpoch: 4,
      batchSize: 8,
      imageSize: 16,
    });
    const [first] = ofKind(events, 'progress');
    expect(first).toMatchObject({ epoch: 1, step: 1, totalSteps: 4 });
    expect(first.imagesPerSecond).toBeGreaterThan(0);
    expect(first.etaSeconds).toBeCloseTo((3 * 8) / first.imagesPerSecond);
    expect(first.waitingShare).toBeGreaterThan(0);
    expect(first.waitingShare).toBeLessThan(1);
  });

  it('gives the same state for the same seed, another for another', async () => {
    const first = await run({ epochs: 1 });
    const again = await run({ epochs: 1, checkpointFolder: `${folder}/a` });
    const changed = await run({ epochs: 1, checkpointFolder: `${folder}/b`, seed: 8 });
    expect(again.hashes).toEqual(first.hashes);
    expect(changed.hashes['encoder.conv1.weight']).not.toBe(first.hashes['encoder.conv1.weight']);
  });

  it('stops when asked, and goes on to the very state of an uninterrupted run', async () => {
    const stopped = await run({}, stoppingAt(3));
    expect(stopped.outcome).toMatchObject({ state: 'interrupted', step: 3 });
    // What a resumed job says is not asked again: it goes on as it began.
    const resumed = await run({ resume: true, epochs: 99, batchSize: 4, seed: 1 });
    expect(resumed.outcome).toMatchObject({ state: 'done', step: 8 });
    expect(resumed.events[0]).toMatchObject({ kind: 'started', step: 3, totalSteps: 8 });
    expect(resumed.hashes).toEqual((await whole()).hashes);
    const { metadata } = readCheckpoint(resumed.outcome.checkpoint);
    expect(metadata).toMatchObject({ step: 8, plan: { seed: 7, batchSize: 8, totalSteps: 8 } });
  });

  it('goes on from the last sound checkpoint where the newest is damaged', async () => {
    // A clock that moves a second at each look, and a checkpoint after each step.
    let time = 0;
    await run({}, { ...stoppingAt(5), now: () => (time += 1000), checkpointSeconds: 1 });
    const [newest] = checkpointSteps(`${folder}/run`);
    truncateSync(checkpointPath(`${folder}/run`, newest), 999);
    const resumed = await run({ resume: true });
    expect(resumed.events[0]).toMatchObject({
      step: newest - 1,
      skipped: [expect.stringContaining('damaged')],
    });
    expect(resumed.hashes).toEqual((await whole()).hashes);
  });

  it('saves by time', async () => {
    let time = 0;
    expect(ofKind((await whole()).events, 'checkpoint').map(({ step }) => step)).toEqual([0, 8]);
    const often = await run(
      { checkpointFolder: `${folder}/b` },
      { now: () => (time += 1000), checkpointSeconds: 1 },
    );
    expect(ofKind(often.events, 'checkpoint').map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(checkpointSteps(`${folder}/b`)).toEqual([8, 7]);
  });

  it('refuses to resume on other images', async () => {
    await run({}, stoppingAt(2));
    const slots = Array.from({ length: 32 }, (_, i) => i + 1);
    expect(await errorCode(() => run({ resume: true, slots }))).toBe('run-not-resumable');
  });

  it('turns minutes into steps, stored with the run', async () => {
    // Each look at the clock takes 50 ms, so that a step of the trial does too.
    let time = 0;
    const { outcome, events } = await run({ epochs: null, minutes: 0.03 }, { now: () => (time += 50) });
    const [{ totalSteps }] = ofKind(events, 'started');
    expect(totalSteps).toBeGreaterThan(3);
    expect(totalSteps).toBeLessThan(1.8 / 0.05);
    expect(outcome.step).toBe(totalSteps);
    expect(readCheckpoint(outcome.checkpoint).metadata.plan.totalSteps).toBe(totalSteps);
    // The trial left no trace: the first checkpoint is the state before any step.
    const first = readCheckpoint(checkpointPath(`${folder}/run`, 0)).state;
    expect(first['encoder.bn1.running_mean'].data.every((value) => value === 0)).toBe(true);
  });

  it('trains a momentum encoder whose normalisation is not split', async () => {
    const settings = { ...tinySettings['moco-v2'], normSplits: 1 };
    const { outcome } = await run({ method: 'moco-v2', settings, epochs: 1 });
    expect(outcome.state).toBe('done');
  });

  it('says when training has collapsed', async () => {
    const { events } = await run(
      { method: 'alignment-only', settings: {}, epochs: 5, learningRate: 2 },
      { methods: [alignmentOnly] },
    );
    const health = ofKind(events, 'health');
    expect(health.at(-1)?.state).toBe('collapsed');
    expect(health.at(-1)?.sentence).toContain('collapsed');
    expect(health.at(-1)?.step).toBe(20);
  });

  it('fails in words when the loss is no longer a number, keeping the last good checkpoint', async () => {
    expect(await errorCode(() => run({ learningRate: 1e30, epochs: 20 }))).toBe('training-diverged');
    const [step] = checkpointSteps(`${folder}/run`);
    expect(readCheckpoint(checkpointPath(`${folder}/run`, step)).metadata.step).toBe(0);
  });
});
