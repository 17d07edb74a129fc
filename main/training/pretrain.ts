import { setImmediate } from 'node:timers/promises';
import { compileSteps } from '../engine/execute/compileSteps.ts';
import { freeTensors } from '../engine/execute/freeTensors.ts';
import { openPixelStore } from '../importer/pixelStore.ts';
import { createBatchReader, type BatchReader } from './batchReader.ts';
import { prepareCheckpointFolder } from './checkpointFolder.ts';
import { createGalleryReports, type GalleryReports } from './galleryReports.ts';
import { planSteps, type PretrainingPlan } from './plan.ts';
import { startRun, type RunStart } from './pretrainSetup.ts';
import { createProgressReports } from './progressReports.ts';
import { createRunCheckpoints, type RunCheckpoints } from './runCheckpoints.ts';
import { createStepReports, type StepReports } from './stepReports.ts';
import { stepsInTime, type Trial } from './timeBudget.ts';
import { defaultOptions, type TrainingHost } from './trainingHost.ts';
import { createTrainingSteps, stepFeeds } from './trainingSteps.ts';
import type { Json } from '../../shared/records.ts';
import type { PretrainJob, PretrainOutcome } from '../../shared/trainingEvents.ts';
import type { TrainingRun } from './trainingRun.ts';

/**
 * Pretrains an encoder, from the start or from its newest checkpoint, until its last step, until `host.signal` is
 * aborted or `host.pace` ends it; all end with a checkpoint, and a pause begins with one. A resumed run on the CPU gives
 * bit for bit what an uninterrupted one gives.
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
      const program = await compileSteps(executor, graph, start.state);
      try {
        const planned = (): Promise<PretrainingPlan> =>
          planInTime((job.minutes ?? 0) * 60 - (now() - begin) / 1000, start, batches, { program, now });
        const plan = start.plan ?? (await planned());
        freeTensors(start.state);
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
  const feeds = stepFeeds({ built, method }, trialPlan, batches);
  return planSteps(draft, await stepsInTime(seconds, { ...trial, feeds, state }));
}

async function train(run: TrainingRun): Promise<PretrainOutcome> {
  const { plan, start, report, executor } = run;
  const checkpoints = createRunCheckpoints(run);
  await report({ kind: 'started', device: executor.name, ...describeStart(start, plan) });
  // At once, so that from here on a killed run goes on with this very plan.
  await checkpoints.save(start.step);
  const reports = createStepReports(run);
  const gallery = createGalleryReports(run);
  try {
    const done = await takeSteps(run, { checkpoints, reports, gallery });
    return await end(run, done, await checkpoints.save(done));
  } finally {
    await reports.dispose();
    await gallery.dispose();
  }
}

interface Company {
  readonly checkpoints: RunCheckpoints;
  readonly reports: StepReports;
  readonly gallery: GalleryReports;
}

/**
 * Takes steps until the last, or until asked to stop. What comes of a step may be known some steps later, but is told
 * before anything looks at the state after it or keeps it.
 * @returns steps done
 */
async function takeSteps(run: TrainingRun, { checkpoints, reports, gallery }: Company): Promise<number> {
  const { plan, start, signal, pace, now } = run;
  const steps = createTrainingSteps(run);
  const progress = createProgressReports(run);
  let done = start.step;
  let spent = 0;
  await gallery.showIfDue(done);
  while (done < plan.totalSteps && !signal.aborted && !pace.finishing) {
    const begin = now();
    const finished = [...(await steps.run(done))];
    done++;
    const saving = checkpoints.isDue();
    if (saving || done === plan.totalSteps || done % plan.stepsPerEpoch === 0)
      finished.push(...(await steps.rest()));
    await reports.add(finished);
    await gallery.showIfDue(done);
    if (saving) await checkpoints.save(done);
    spent += now() - begin;
    await progress.add(finished, spent);
    if (finished.length > 0) spent = 0;
    // A step blocks the thread: without this no message, such as a request to stop, would ever arrive.
    await setImmediate();
    if (pace.pausing) {
      await reports.add(await steps.rest());
      await pause(run, done, checkpoints);
    }
  }
  await reports.add(await steps.rest());
  return done;
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
