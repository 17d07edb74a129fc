/**
 * Our side of `npm run bench -- train`, in a process of its own as a training of the app has one: argument and lines as
 * `train.py` has them, with `project` in place of `data`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { usableMemory } from '../../main/app/usableMemory.ts';
import { withReadOnlyLibrary } from '../../main/app/withLibrary.ts';
import { pretrain } from '../../main/training/pretrain.ts';
import { executorFor } from '../../main/worker/executorFor.ts';
import { appVersion } from '../../shared/appVersion.ts';
import { createTrainTurns, type TurnRequest } from './trainTurns.ts';
import type { PretrainJob } from '../../shared/trainingEvents.ts';
import type { StepShape } from './ourStep.ts';

const request = JSON.parse(process.argv[2]) as StepShape & { readonly project: string };

async function jobIn(checkpointFolder: string): Promise<PretrainJob> {
  const { method, encoder, width, pairs, imageSize, project } = request;
  const images = await withReadOnlyLibrary(project, async ({ read, pixelsFolder }) => ({
    slots: [...(await read.listTrainingSlots())],
    pixelFolder: pixelsFolder,
  }));
  return {
    ...{ ...images, checkpointFolder, method, imageSize, appVersion },
    ...{ runId: 1, settings: {}, encoder: { name: encoder, width }, batchSize: pairs },
    ...{ epochs: null, minutes: null, learningRate: null, seed: 1, preset: 'natural' },
    ...{ labelled: { slots: [], classes: [] }, memoryBytes: usableMemory(), resume: false },
  };
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const controller = new AbortController();
let last: object = {};
const turns = createTrainTurns(async (seconds) => {
  process.stdout.write(`${JSON.stringify({ seconds, ...last })}\n`);
  const { value, done } = await lines.next();
  if (done === true) controller.abort();
  return done === true ? null : (JSON.parse(value) as TurnRequest);
});

const checkpointFolder = mkdtempSync(join(tmpdir(), 'genoise-bench-'));
try {
  await pretrain(await jobIn(checkpointFolder), {
    executor: await executorFor('cpu'),
    signal: controller.signal,
    now: () => turns.now(),
    progressSeconds: 0,
    report: async (event) => {
      if (event.kind === 'started') await turns.begin();
      if (event.kind !== 'progress') return;
      const { loss, waitingShare } = event;
      last = { loss, waitingShare };
      await turns.stepDone();
    },
  });
} finally {
  rmSync(checkpointFolder, { recursive: true, force: true });
}
