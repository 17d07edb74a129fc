import { beforeEach, describe, expect, it } from 'vitest';
import { compileLoop, ortExecutor } from '../../main/engine/execute/ort/ortExecutor.ts';
import { createRingProgram } from '../../main/engine/execute/ort/ringProgram.ts';
import { lowerPortable } from '../../main/engine/lower/portable/lowerPortable.ts';
import { readCheckpoint } from '../../main/training/checkpoint.ts';
import { pretrain } from '../../main/training/pretrain.ts';
import { tensorHashes } from '../../main/training/safetensors.ts';
import { errorCode } from '../helpers/errorCode.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';
import { recordingHost, tinyJob, tinySettings, writeTinyStore } from '../helpers/tinyTraining.ts';
import type { Executor } from '../../main/engine/execute/executor.ts';
import type { PretrainJob, TrainingEvent } from '../../shared/trainingEvents.ts';

const options = { device: 'cpu', threads: 1, spinning: false, lowering: lowerPortable } as const;
const prompt = ortExecutor(options);

/** Executors whose outputs come up to three steps late. */
const late: readonly (readonly [string, Executor])[] = [
  [
    'are kept in a ring',
    {
      ...prompt,
      compileSteps: (graph, state) =>
        createRingProgram((ringed, first) => prompt.compile(ringed, first), graph, state, {
          length: 3,
          milliseconds: Infinity,
        }),
    },
  ],
  [
    'come out of a loop',
    { ...prompt, compileSteps: (graph, state) => compileLoop(graph, state, options, 3) },
  ],
];

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
  writeTinyStore(`${folder}/pixels`, 64);
});

interface Result {
  readonly step: number;
  readonly hashes: Readonly<Record<string, string>>;
  readonly events: readonly TrainingEvent[];
}

async function run(
  executor: Executor,
  job: Partial<PretrainJob>,
  signal = new AbortController().signal,
): Promise<Result> {
  const { host, events } = recordingHost(executor, { signal });
  const { checkpoint, step } = await pretrain(
    tinyJob(folder, { settings: tinySettings.simclr, ...job }),
    host,
  );
  return { step, hashes: tensorHashes(readCheckpoint(checkpoint).state), events };
}

/** What is told of the steps, without times and places. */
function told(events: readonly TrainingEvent[]): readonly TrainingEvent[] {
  return events.filter(({ kind }) => kind === 'epoch' || kind === 'energies' || kind === 'health');
}

/** Asks to stop as soon as the third step was asked for. */
function stopping(executor: Executor, controller: AbortController): Executor {
  return {
    ...executor,
    compileSteps: async (graph, state) => {
      const program = await executor.compileSteps?.(graph, state);
      if (!program) throw new Error('it has no steps of its own');
      let asked = 0;
      return {
        ...program,
        step: (feeds) => {
          if (++asked === 2) controller.abort();
          return program.step(feeds);
        },
      };
    },
  };
}

describe.each(late)('a pretraining whose outputs %s', (_, executor) => {
  it('tells of every step what a prompt one tells, and ends with the same state', async () => {
    const slots = Array.from({ length: 40 }, (_, i) => i);
    const labelled = { slots, classes: slots.map((i) => i % 4) };
    const expected = await run(prompt, { slots, labelled, checkpointFolder: `${folder}/prompt` });
    const actual = await run(executor, { slots, labelled });
    expect(actual.hashes).toEqual(expected.hashes);
    expect(told(actual.events)).toEqual(told(expected.events));
    expect(told(actual.events)).toHaveLength(4);
  });

  it('has told of every step when it is stopped, and goes on to the same state', async () => {
    const expected = await run(prompt, { checkpointFolder: `${folder}/prompt` });
    const controller = new AbortController();
    const stopped = await run(stopping(executor, controller), {}, controller.signal);
    expect(stopped.step).toBe(2);
    const resumed = await run(executor, { resume: true });
    expect(resumed.events[0]).toMatchObject({ kind: 'started', step: 2 });
    expect(resumed.hashes).toEqual(expected.hashes);
    expect(told(resumed.events).at(-1)).toEqual(told(expected.events).at(-1));
  });

  it('fails in words when the loss is no longer a number', async () => {
    expect(await errorCode(() => run(executor, { learningRate: 1e30, epochs: 20 }))).toBe(
      'training-diverged',
    );
  });
});
