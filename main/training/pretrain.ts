import { setImmediate } from 'node:timers/promises';
import { genoiseError } from '../../shared/errors.ts';
import { graphFeeds, type Graph } from '../engine/graph/graph.ts';
import { openPixelStore } from '../importer/pixelStore.ts';
import { createBatchReader, type BatchReader } from './batchReader.ts';
import { prepareCheckpointFolder } from './checkpointFolder.ts';
import { createEnergyReports } from './energyReports.ts';
import { createEpochReports } from './epochReports.ts';
import { createGalleryReports } from './galleryReports.ts';
import { createHealthWatch } from './healthWatch.ts';
import { planSteps, type PretrainingPlan } from './plan.ts';
import { startRun, type RunStart } from './pretrainSetup.ts';
import { createProgressReports } from './progressReports.ts';
import { createRunCheckpoints, type RunCheckpoints } from './runCheckpoints.ts';
import { stepScalars } from './stepScalars.ts';
import { stepsInTime, type Trial } from './timeBudget.ts';
import { defaultOptions, type TrainingHost } from './trainingHost.ts';
import type { Json } from '../../shared/records.ts';
import type { Monitors, PretrainJob, PretrainOutcome } from '../../shared/trainingEvents.ts';
import type { Tensors } from '../engine/execute/executor.ts';
import type { TrainingRun } from './trainingRun.ts';

/**
 * Pretrains an encoder, from the start or from its newest checkpoint, until its last step, until `host.signal` is
 * aborted or `host.pace` ends it; all end with a checkpoint, and so begins a pause. A resumed run on the CPU gives bit for bit what an uninterrupted one gives.
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
    const { graph, recipes } = start.built;
    const batches = createBatchReader({ ...start.draft, slots: job.slots, store, recipes });
    try {
      // The threads start while the graph is prepared.
      batches.prepare(start.step);
      const program = await executor.compile(graph, start.state);
      try {
        const planned = (): Promise<PretrainingPlan> =>
          planInTime((job.minutes ?? 0) * 60 - (now() - begin) / 1000, start, batches, { program, now });
        const plan = start.plan ?? (await planned());
        return await train({ job, store, start, plan, program, batches, ...surroundings });
      } finally {
        await program.dispose();
      }
    } finally {
      await batches.stop();
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
  const feeds = feedsOf(built.graph, async (step) => ({
    ...(await batches.read(step)),
    ...stepScalars(step, trialPlan, method),
  }));
  return planSteps(draft, await stepsInTime(seconds, { ...trial, feeds, state }));
}

async function train(run: TrainingRun): Promise<PretrainOutcome> {
  const { plan, start, signal, report, executor, pace } = run;
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
  const energies = createEnergyReports(run);
  const gallery = createGalleryReports(run);
  let done = start.step;
  try {
    await gallery.showIfDue(done);
    while (done < plan.totalSteps && !signal.aborted && !pace.finishing) {
      const { monitors, outputs, waited, begin } = await runStep(done);
      done++;
      const judged = health.look(done, monitors);
      if (judged) await report({ kind: 'health', step: done, ...judged });
      await epochs.add(done, monitors);
      await energies.add(done, outputs);
      await gallery.showIfDue(done);
      await checkpoints.saveIfDue(done);
      await progress.add(done, monitors.loss, run.now() - begin, waited);
      // A step blocks the thread: without this no message, such as a request to stop, would ever arrive.
      await setImmediate();
      if (pace.pausing) await pause(run, done, checkpoints);
    }
  } finally {
    await epochs.dispose();
    await gallery.dispose();
  }
  return end(run, done, await checkpoints.save(done));
}

/** Rests until told to go on; whatever happens meanwhile, nothing is lost. */
async function pause(
  { pace, report, batches }: TrainingRun,
  step: number,
  checkpoints: RunCheckpoints,
): Promise<void> {
  await checkpoints.save(step);
  await batches.stop();
  await report({ kind: 'pause', step, paused: true });
  await pace.rest();
  await report({ kind: 'pause', step, paused: false });
}

async function end(
  { plan, report, pace }: TrainingRun,
  step: number,
  checkpoint: string,
): Promise<PretrainOutcome> {
  const state = step >= plan.totalSteps || pace.finishing ? 'done' : 'interrupted';
  const outcome: PretrainOutcome = { state, step, checkpoint };
  await report({ kind: 'end', ...outcome });
  return outcome;
}

interface DoneStep {
  readonly monitors: Monitors;
  readonly outputs: Tensors;
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
  const feeds = feedsOf(start.built.graph, async (step) => ({
    ...(await batches.read(step)),
    ...stepScalars(step, plan, start.method),
  }));
  return async (step) => {
    const begin = now();
    const given = await feeds(step);
    const waited = now() - begin;
    const outputs = await program.step(given);
    const monitors = readMonitors(outputs);
    if (!Number.isFinite(monitors.loss)) {
      throw genoiseError('training-diverged', { step: step + 1, quantity: 'loss' });
    }
    return { monitors, outputs, begin, waited };
  };
}

/** A method need not read all that a step could be told (indices, constant learning rates). */
function feedsOf(graph: Graph, all: (step: number) => Promise<Tensors>): (step: number) => Promise<Tensors> {
  const names = graphFeeds(graph);
  return async (step) =>
    Object.fromEntries(Object.entries(await all(step)).filter(([name]) => names.has(name)));
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
