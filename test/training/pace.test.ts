import { beforeEach, describe, expect, it } from 'vitest';
import { ortExecutor } from '../../main/engine/execute/ort/ortExecutor.ts';
import { readCheckpoint } from '../../main/training/checkpoint.ts';
import { pretrain } from '../../main/training/pretrain.ts';
import { tensorHashes } from '../../main/training/safetensors.ts';
import { createPace, type WorkerPace } from '../../main/worker/pace.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';
import { recordingHost, tinyJob, tinySettings, writeTinyStore } from '../helpers/tinyTraining.ts';
import type { PretrainJob, TrainingEvent } from '../../shared/trainingEvents.ts';

const executor = ortExecutor({ device: 'cpu', threads: 1, spinning: false });
const signal = new AbortController().signal;

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
  writeTinyStore(`${folder}/pixels`, 32);
});

/** Runs one epoch of 4 steps, and calls `onStep` with the pace after each. */
async function run(
  job: Partial<PretrainJob>,
  onStep: (step: number, pace: WorkerPace) => void = () => undefined,
  onRest: (pace: WorkerPace) => void = () => undefined,
) {
  const pace: WorkerPace = createPace(signal, () => onRest(pace));
  const { host, events } = recordingHost(executor, { pace, progressSeconds: 0 });
  const report = (event: TrainingEvent): void => {
    void host.report(event);
    if (event.kind === 'progress') onStep(event.step, pace);
  };
  const settings = tinySettings.simclr;
  const outcome = await pretrain(tinyJob(folder, { settings, epochs: 1, ...job }), { ...host, report });
  return { outcome, events, hashes: tensorHashes(readCheckpoint(outcome.checkpoint).state) };
}

describe('the pace of a pretraining', () => {
  it('rests with its state saved, goes on when told to, and ends as if it had not rested', async () => {
    const steady = await run({ checkpointFolder: `${folder}/steady` });
    const seen: string[] = [];
    const paced = await run(
      {},
      (step, pace) => {
        seen.push(`step ${step}`);
        if (step === 2) pace.pause();
      },
      (pace) => {
        seen.push('rests');
        setTimeout(() => pace.resume(), 20);
      },
    );
    expect(seen).toEqual(['step 1', 'step 2', 'rests', 'step 3', 'step 4']);
    expect(paced.events.filter(({ kind }) => kind === 'pause' || kind === 'checkpoint')).toMatchObject([
      { kind: 'checkpoint', step: 0 },
      { kind: 'checkpoint', step: 2 },
      { kind: 'pause', step: 2, paused: true },
      { kind: 'pause', step: 2, paused: false },
      { kind: 'checkpoint', step: 4 },
    ]);
    expect(paced.hashes).toEqual(steady.hashes);
  });

  it('ends early with what it has, also out of a rest', async () => {
    const { outcome } = await run(
      {},
      (step, pace) => step === 2 && pace.pause(),
      (pace) => pace.finish(),
    );
    expect(outcome).toMatchObject({ state: 'done', step: 2 });
    expect(readCheckpoint(outcome.checkpoint).metadata.step).toBe(2);
  });
});

describe('what a screen shows of a pretraining', () => {
  it('gathers the cosines of all pairs into two histograms', async () => {
    const { events } = await run({ epochs: 2 });
    const energies = events.filter((event) => event.kind === 'energies');
    expect(energies.map(({ epoch, step }) => [epoch, step])).toEqual([
      [1, 4],
      [2, 8],
    ]);
    const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
    for (const { positive, negative } of energies) {
      expect(positive).toHaveLength(40);
      expect([sum(positive), sum(negative)]).toEqual([4 * 8, 4 * 7]);
    }
    const epochs = events.filter((event) => event.kind === 'epoch');
    const mean = (counts: readonly number[]): number =>
      counts.reduce((total, count, bin) => total + count * (-1 + (2 * bin + 1) / 40), 0) / sum(counts);
    epochs.forEach(({ positiveCosine }, i) =>
      expect(mean(energies[i].positive)).toBeCloseTo(positiveCosine, 1),
    );
  });

  it('shows neighbours in its gallery before the first step and at the end, and trains as without', async () => {
    const slots = [4, 9, 1, 30, 17, 22];
    const gallery = { slots, images: slots.map((slot) => slot + 100), queries: 2, k: 3 };
    const { events, hashes } = await run({ gallery });
    const shown = events.filter((event) => event.kind === 'neighbours');
    expect(shown.map(({ step }) => step)).toEqual([0, 4]);
    for (const { rows } of shown) {
      expect(rows.map(({ query }) => query)).toEqual([104, 109]);
      for (const { query, neighbours } of rows) {
        expect(neighbours).toHaveLength(3);
        expect(neighbours.map(({ image }) => image)).not.toContain(query);
        expect(neighbours.every(({ image }) => gallery.images.includes(image))).toBe(true);
        expect(neighbours[0].cosine).toBeGreaterThanOrEqual(neighbours[2].cosine);
      }
    }
    expect(hashes).toEqual((await run({ checkpointFolder: `${folder}/plain` })).hashes);
  });
});
