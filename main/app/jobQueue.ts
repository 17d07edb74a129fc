import { errorToPlain, genoiseError, GenoiseError } from '../../shared/errors.ts';
import type { JobKind, JobState, JobView } from '../../shared/contract/jobCommands.ts';
import type { RunId } from '../../shared/records.ts';

/** What a job says about itself while it runs. */
export type JobReport = Partial<Pick<JobView, 'title' | 'note' | 'progress' | 'rate' | 'etaSeconds'>>;

/** How a job that can pause is told to: both resolve when it has come to rest, or goes on. */
export interface PauseControl {
  pause(): Promise<void>;
  resume(): Promise<void>;
}

/** What a job gets from the queue. */
export interface JobContext {
  readonly signal: AbortSignal;
  readonly report: (report: JobReport) => void;
  /** Which run it works on, once there is one. */
  readonly setRun: (run: RunId) => void;
  /** From now on it can be paused, or (null) no longer. */
  readonly setPause: (control: PauseControl | null) => void;
}

export interface JobOrder {
  readonly kind: JobKind;
  readonly title: string;
  /** Jobs of one lane run one after the other; imports have one of their own, since they compute little. */
  readonly lane: 'import' | 'compute';
  readonly run: (context: JobContext) => Promise<void>;
}

export interface JobQueue {
  /** @returns the job; `ended` resolves when it has come to its end, whatever that was */
  start(order: JobOrder): { readonly job: JobView; readonly ended: Promise<JobView> };
  list(): readonly JobView[];
  /** @throws no-such-job */
  cancel(id: string): void;
  /** Rejects with no-such-job, not-pausable. */
  pause(id: string): Promise<void>;
  resume(id: string): Promise<void>;
  dismiss(id: string): void;
  /** Cancels everything and waits for the end of all. */
  close(): Promise<void>;
}

interface Job {
  view: JobView;
  readonly order: JobOrder;
  readonly abort: AbortController;
  pause: PauseControl | null;
  readonly ended: PromiseWithResolvers<JobView>;
}

const endedStates: readonly JobState[] = ['done', 'failed', 'cancelled'];
const endedKept = 5;

interface Queue {
  readonly jobs: Map<string, Job>;
  readonly onChange: (id: string, job: JobView | null) => void;
}

/**
 * Runs the application's jobs: one at a time in each lane, in the order in which they were asked for.
 * @param onChange called with each new state and report of a job; with null when it has left the list
 */
export function createJobQueue(onChange: (id: string, job: JobView | null) => void): JobQueue {
  const queue: Queue = { jobs: new Map(), onChange };
  let made = 0;
  return {
    start: (order) => start(queue, order, `job-${++made}`),
    list: () => [...queue.jobs.values()].map((job) => job.view),
    cancel: (id) => cancel(queue, requireJob(queue, id)),
    pause: async (id) => pause(queue, requireJob(queue, id)),
    resume: async (id) => resume(queue, requireJob(queue, id)),
    dismiss(id) {
      const job = queue.jobs.get(id);
      if (job !== undefined && isEnded(job)) forget(queue, job);
    },
    async close() {
      const open = [...queue.jobs.values()].filter((job) => !isEnded(job));
      // The waiting ones first, lest one of them be started by another's end.
      for (const job of open.toReversed()) cancel(queue, job);
      await Promise.all(open.map((job) => job.ended.promise));
    },
  };
}

function change({ onChange }: Queue, job: Job, patch: Partial<JobView>): void {
  job.view = { ...job.view, ...patch };
  onChange(job.view.id, job.view);
}

function isEnded(job: Job): boolean {
  return endedStates.includes(job.view.state);
}

function requireJob({ jobs }: Queue, id: string): Job {
  const job = jobs.get(id);
  if (job === undefined || isEnded(job)) throw genoiseError('no-such-job', {});
  return job;
}

function start(
  queue: Queue,
  order: JobOrder,
  id: string,
): { readonly job: JobView; readonly ended: Promise<JobView> } {
  const { kind, title } = order;
  const job: Job = {
    view: { ...newView, id, kind, title, startedAt: Date.now() },
    order,
    abort: new AbortController(),
    pause: null,
    ended: Promise.withResolvers<JobView>(),
  };
  queue.jobs.set(id, job);
  queue.onChange(id, job.view);
  startNext(queue, order.lane);
  return { job: job.view, ended: job.ended.promise };
}

function startNext(queue: Queue, lane: JobOrder['lane']): void {
  const first = [...queue.jobs.values()].find((job) => job.order.lane === lane && !isEnded(job));
  if (first?.view.state === 'waiting') void run(queue, first);
}

async function run(queue: Queue, job: Job): Promise<void> {
  change(queue, job, { state: 'running', note: '', startedAt: Date.now() });
  try {
    await job.order.run(contextOf(queue, job));
    end(queue, job, 'done', null);
  } catch (error) {
    const stopped = error instanceof GenoiseError && ['cancelled', 'interrupted'].includes(error.code);
    // That it stopped is what was asked for, and no error.
    if (stopped && job.abort.signal.aborted) end(queue, job, 'cancelled', null);
    else end(queue, job, 'failed', error);
  }
}

function contextOf(queue: Queue, job: Job): JobContext {
  return {
    signal: job.abort.signal,
    report: (report) => change(queue, job, report),
    setRun: (runId) => change(queue, job, { runId }),
    setPause: (control) => {
      job.pause = control;
      change(queue, job, { canPause: control !== null });
    },
  };
}

function end(queue: Queue, job: Job, state: 'done' | 'failed' | 'cancelled', error: unknown): void {
  job.pause = null;
  change(queue, job, {
    state,
    error: error === null ? null : errorToPlain(error),
    endedAt: Date.now(),
    etaSeconds: null,
    rate: null,
    canPause: false,
    canCancel: false,
  });
  job.ended.resolve(job.view);
  const ended = [...queue.jobs.values()].filter(isEnded);
  for (const old of ended.slice(0, Math.max(0, ended.length - endedKept))) forget(queue, old);
  startNext(queue, job.order.lane);
}

function forget({ jobs, onChange }: Queue, job: Job): void {
  jobs.delete(job.view.id);
  onChange(job.view.id, null);
}

function cancel(queue: Queue, job: Job): void {
  job.abort.abort();
  if (job.view.state === 'waiting') end(queue, job, 'cancelled', null);
  else change(queue, job, { state: 'stopping', canCancel: false, canPause: false });
}

async function pause(queue: Queue, job: Job): Promise<void> {
  const control = pauseOf(job);
  change(queue, job, { state: 'pausing' });
  await control.pause();
  if (job.view.state === 'pausing') change(queue, job, { state: 'paused', etaSeconds: null, rate: null });
}

async function resume(queue: Queue, job: Job): Promise<void> {
  await pauseOf(job).resume();
  if (!isEnded(job) && job.view.state !== 'stopping') change(queue, job, { state: 'running' });
}

function pauseOf(job: Job): PauseControl {
  // One that is being stopped keeps its control, and can be paused no longer.
  if (job.pause === null || !job.view.canPause) throw genoiseError('not-pausable', { job: job.order.kind });
  return job.pause;
}

const newView: Omit<JobView, 'id' | 'kind' | 'title' | 'startedAt'> = {
  state: 'waiting',
  note: 'waiting for another job',
  progress: null,
  rate: null,
  etaSeconds: null,
  error: null,
  runId: null,
  canPause: false,
  canCancel: true,
  endedAt: null,
};
