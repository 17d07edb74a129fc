import { genoiseError } from '../../shared/errors.ts';
import { mergeTraining } from '../../shared/mergeTraining.ts';
import { createJobControl, type JobControl } from '../worker/hostControl.ts';
import { pretrainEncoder, resumePretraining, type OnTrainingEvent } from './pretrainEncoder.ts';
import { describeRun } from './pretrainRuns.ts';
import { startEmbedding } from './startEmbedding.ts';
import { emptyTrace, readTrace, writeTrace, type TrainingTrace } from './trainingTrace.ts';
import type { PretrainChoice, PretrainRun } from '../../shared/pretraining.ts';
import type { RunId, RunRow } from '../../shared/records.ts';
import type { TrainingEvent } from '../../shared/trainingEvents.ts';
import type { Library } from '../library/client.ts';
import type { ApplicationContext } from './context.ts';
import type { JobReport } from './jobQueue.ts';

export type PretrainOrder = { readonly choice: PretrainChoice } | { readonly resume: RunId };

/** The pretraining under way. */
interface Live {
  readonly jobId: string;
  readonly control: JobControl;
  run: PretrainRun | null;
  trace: TrainingTrace;
  /** When its trace was written, and when the screens were told that its row has changed. */
  writtenAt: number;
  toldAt: number;
}

const live = new WeakMap<ApplicationContext, Live>();

/** What is known of a run while it is under way; null for all others. */
export function liveTrace(context: ApplicationContext, run: RunId): TrainingTrace | null {
  const current = live.get(context);
  return current?.run?.id === run ? current.trace : null;
}

/**
 * Starts a pretraining, or goes on with one, as a job; when it is done the images are embedded by another.
 * @throws pretraining-under-way
 */
export function startPretraining(context: ApplicationContext, order: PretrainOrder): void {
  const library = context.library();
  if (live.has(context)) throw genoiseError('pretraining-under-way', {});
  const control = createJobControl();
  const { job, ended } = context.jobs.start({
    kind: 'pretrain',
    lane: 'compute',
    title: 'resume' in order ? 'Going on with the pretraining' : 'Pretraining',
    run: async ({ signal, report, setRun, setPause }) => {
      report({ note: 'getting ready' });
      setPause(control);
      context.unfinished.remember(library.folder);
      const onEvent: OnTrainingEvent = (event, run) => {
        const current = live.get(context);
        if (current === undefined) return;
        if (current.run === null) {
          setRun(run.id);
          current.trace = 'resume' in order ? (readTrace(library, run.id) ?? emptyTrace) : emptyTrace;
        }
        watch(context, library, current, run, event);
        const said = reportOf(event);
        if (said !== null) report(said);
      };
      const extras = { control, neighbours: true };
      if ('resume' in order) setRun(order.resume);
      try {
        await ('resume' in order
          ? resumePretraining(library, String(order.resume), onEvent, signal, extras)
          : pretrainEncoder(library, optionsOf(order.choice), onEvent, signal, extras));
      } finally {
        setPause(null);
        keep(library, live.get(context));
        // Where the application is being closed, its next start goes on from here.
        if (!context.isClosing()) context.unfinished.forget();
      }
    },
  });
  live.set(context, { jobId: job.id, control, run: null, trace: emptyTrace, writtenAt: 0, toldAt: 0 });
  void ended.then(({ state }) => {
    live.delete(context);
    if (context.isClosing()) return;
    context.changed('runs');
    if (state === 'done') startEmbedding(context);
  });
}

/** Ends the pretraining under way with what it has learned. @throws no-such-job */
export function stopAndKeep(context: ApplicationContext): void {
  const current = live.get(context);
  if (current === undefined) throw genoiseError('no-such-job', {});
  current.control.finish();
}

const writesEveryMs = 5000;
const tellsEveryMs = 2000;

function watch(
  context: ApplicationContext,
  library: Library,
  current: Live,
  run: RunRow,
  event: TrainingEvent,
): void {
  const now = Date.now();
  const merged = mergeTraining({ run: current.run ?? describeRun(run), ...current.trace }, event);
  const { loss, knn, newest } = merged;
  current.run = merged.run;
  current.trace = { loss, knn, newest };
  context.events.emit({ kind: 'training', runId: run.id, event });
  if (event.kind === 'pause' || now - current.writtenAt > writesEveryMs) {
    current.writtenAt = now;
    keep(library, current);
  }
  const isNews = event.kind === 'started' || event.kind === 'pause';
  if (isNews || (event.kind === 'epoch' && now - current.toldAt > tellsEveryMs)) {
    current.toldAt = now;
    context.changed('runs');
  }
}

/** A trace that cannot be written is no reason to end a training of hours. */
function keep(library: Library, current: Live | undefined): void {
  if (current === undefined || current.run === null) return;
  try {
    writeTrace(library, current.run.id, current.trace);
  } catch {
    // Told nowhere: the curve is in the run's metrics too, and a full disk is told by the next checkpoint.
  }
}

function reportOf(event: TrainingEvent): JobReport | null {
  switch (event.kind) {
    case 'started':
      return {
        note: 'learning',
        progress: { done: event.step, total: event.totalSteps, unit: 'steps' },
      };
    case 'progress':
      return {
        note: `learning, round ${event.epoch.toLocaleString('en')} through your images`,
        progress: { done: event.step, total: event.totalSteps, unit: 'steps' },
        rate: { value: event.imagesPerSecond, unit: 'images/s' },
        etaSeconds: event.etaSeconds,
      };
    default:
      return null;
  }
}

function optionsOf(choice: PretrainChoice): Parameters<typeof pretrainEncoder>[1] {
  const { method, encoder, width, preset, time, imageSize, batchSize, device } = choice;
  return {
    ...{ method, preset, imageSize, batchSize, device },
    encoder: { name: encoder, width },
    minutes: 'minutes' in time ? time.minutes : null,
    epochs: 'epochs' in time ? time.epochs : null,
    settings: {},
    learningRate: null,
    seed: 1,
  };
}
