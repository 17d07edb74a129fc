import { setImmediate } from 'node:timers/promises';
import { genoiseError } from '../../shared/errors.ts';
import { graphFeeds, type Graph } from '../engine/graph/graph.ts';
import { openPixelStore } from '../importer/pixelStore.ts';
import { createBatchReader, type BatchReader } from './batches.ts';
import { prepareCheckpointFolder } from './checkpointFolder.ts';
import { createEpochReports } from './epochReports.ts';
import { createHealthWatch } from './healthWatch.ts';
import { planSteps, type PretrainingPlan } from './plan.ts';
import { startRun, type RunStart } from './pretrainSetup.ts';
import { createProgressReports } from './progressReports.ts';
import { createRunCheckpoints } from './runCheckpoints.ts';
import { stepScalars } from './stepScalars.ts';
import { stepsInTime, type Trial } from './timeBudget.ts';
import { defaultOptions, type TrainingHost } from './trainingHost.ts';
import type { Json } from '../../shared/records.ts';
import type { Monitors, PretrainJob, PretrainOutcome } from '../../shared/trainingEvents.ts';
import type { Tensors } from '../engine/execute/executor.ts';
import type { TrainingRun } from './trainingRun.ts';

/**
 * Pretrains an encoder, from the start or from its newest checkpoint, until its last step or until `host.signal` is
 * aborted; both end with a checkpoint. A resumed run on the CPU gives bit for bit what an uninterrupted one gives.
 * @throws training-diverged (the last checkpoint is kept), disk-full, and what `startRun` throws
 */
export async function pretrain(job: PretrainJob, host: TrainingHost): Promise<PretrainOutcome> {
  const surroundings: Required<TrainingHost> = { ...defaultOptions, ...host };
  const { now, methods, executor } = surroundings;
  const begin = now();
  prepareCheckpointFolder(job.checkpointFolder);
  const store = openPixelStore(job.pixelFolder);
  try {
    const start = startRun(job, methods, store.slotSize);
    const program = await executor.compile(start.built.graph, start.state);
    try {
      const { recipes } = start.built;
      const batches = createBatchReader({ ...start.draft, slots: job.slots, store, recipes });
      const planned = (): Promise<PretrainingPlan> =>
        planInTime((job.minutes ?? 0) * 60 - (now() - begin) / 1000, start, batches, { program, now });
      const plan = start.plan ?? (await planned());
      return await train({ job, store, start, plan, program, batches, ...surroundings });
    } finally {
      await program.dispose();
    }
  } finally {
    store.close();
  }
}

/** Gives a plan the steps that fit into a time. */
async function planInTime(
  seconds: number,
  { draft, built, method, state }: RunStart,
  batches: BatchReader,
  trial: Pick<Trial, 'program' | 'now'>,
): Promise<PretrainingPlan> {
  const trialPlan = planSteps(draft, draft.stepsPerEpoch);
  const feeds = feedsOf(built.graph, (step) => ({
    ...batches.read(step),
    ...stepScalars(step, trialPlan, method),
  }));
  return planSteps(draft, await stepsInTime(seconds, { ...trial, feeds, state }));
}

async function train(run: TrainingRun): Promise<PretrainOutcome> {
  const { plan, start, signal, report, executor } = run;
  const checkpoints = createRunCheckpoints(run);
  await report({ kind: 'started', device: executor.name, ...describeStart(start, plan) });
  // At once, so that from here on a killed run goes on with this very plan.
  await checkpoints.save(start.step);
  const spreadTarget = 1 / Math.sqrt(start.built.embeddingSize);
  const epochs = createEpochReports(run, spreadTarget);
  const runStep = createStep(run);
  const progress = createProgressReports(run);
  const chanceLoss = start.method.chanceLoss(plan.method.settings, plan.batchSize);
  const health = createHealthWatch(plan, { spreadTarget, chanceLoss });
  let done = start.step;
  try {
    while (done < plan.totalSteps && !signal.aborted) {
      const { monitors, waited, begin } = await runStep(done);
      done++;
      const judged = health.look(done, monitors);
      if (judged) await report({ kind: 'health', step: done, ...judged });
      await epochs.add(done, monitors);
      await checkpoints.saveIfDue(done);
      await progress.add(done, monitors.loss, run.now() - begin, waited);
      // A step blocks the thread: without this no message, such as a request to stop, would ever arrive.
      await setImmediate();
    }
  } finally {
    await epochs.dispose();
  }
  return end(run, done, await checkpoints.save(done));
}

async function end(
  { plan, report }: TrainingRun,
  step: number,
  checkpoint: string,
): Promise<PretrainOutcome> {
  const state = step >= plan.totalSteps ? 'done' : 'interrupted';
  const outcome: PretrainOutcome = { state, step, checkpoint };
  await report({ kind: 'end', ...outcome });
  return outcome;
}

interface DoneStep {
  readonly monitors: Monitors;
  /** When it began, and for how long it waited for its batch; milliseconds. */
  readonly begin: number;
  readonly waited: number;
}

/** @returns what runs step number `step` (from 0); it throws training-diverged */
function createStep({
  plan,
  start,
  batches,
  program,
  now,
}: TrainingRun): (step: number) => Promise<DoneStep> {
  const feeds = feedsOf(start.built.graph, (step) => ({
    ...batches.read(step),
    ...stepScalars(step, plan, start.method),
  }));
  return async (step) => {
    const begin = now();
    const given = feeds(step);
    const waited = now() - begin;
    const monitors = readMonitors(await program.step(given));
    if (!Number.isFinite(monitors.loss)) {
      throw genoiseError('training-diverged', { step: step + 1, quantity: 'loss' });
    }
    return { monitors, begin, waited };
  };
}

/** A method need not read all that a step could be told (indices, constant learning rates). */
function feedsOf(graph: Graph, all: (step: number) => Tensors): (step: number) => Tensors {
  const names = graphFeeds(graph);
  return (step) => Object.fromEntries(Object.entries(all(step)).filter(([name]) => names.has(name)));
}

function readMonitors(outputs: Tensors): Monitors {
  const value = (name: keyof Monitors): number => outputs[name].data[0];
  return {
    loss: value('loss'),
    spread: value('spread'),
    positiveCosine: value('positiveCosine'),
    negativeCosine: value('negativeCosine'),
  };
}

function describeStart({ step, from }: RunStart, plan: PretrainingPlan) {
  const { totalSteps, stepsPerEpoch, batchSize, imageSize } = plan;
  return {
    step,
    totalSteps,
    stepsPerEpoch,
    batchSize,
    imageSize,
    plan: JSON.parse(JSON.stringify(plan)) as Json,
    skipped: from?.skipped ?? [],
  };
}
