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
  report(report: JobReport): void;
  /** Which run it works on, once there is one. */
  setRun(run: RunId): void;
  /** From now on it can be paused, or (null) no longer. */
  setPause(control: PauseControl | null): void;
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
  /** @throws no-such-job, not-pausable */
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

/**
 * Runs the application's jobs: one at a time in each lane, in the order in which they were asked for.
 * @param onChange called with each new state and report of a job; with null when it has left the list
 */
export function createJobQueue(onChange: (id: string, job: JobView | null) => void): JobQueue {
  const jobs = new Map<string, Job>();
  let made = 0;

  function change(job: Job, patch: Partial<JobView>): void {
    job.view = { ...job.view, ...patch };
    onChange(job.view.id, job.view);
  }

  function isEnded(job: Job): boolean {
    return endedStates.includes(job.view.state);
  }

  function requireJob(id: string): Job {
    const job = jobs.get(id);
    if (job === undefined || isEnded(job)) throw genoiseError('no-such-job', {});
    return job;
  }

  function startNext(lane: JobOrder['lane']): void {
    const ofLane = [...jobs.values()].filter((job) => job.order.lane === lane && !isEnded(job));
    const [first] = ofLane;
    if (first?.view.state === 'waiting') void run(first);
  }

  async function run(job: Job): Promise<void> {
    change(job, { state: 'running', note: '', startedAt: Date.now() });
    try {
      await job.order.run(contextOf(job));
      end(job, 'done', null);
    } catch (error) {
      const stopped = error instanceof GenoiseError && ['cancelled', 'interrupted'].includes(error.code);
      end(job, stopped && job.abort.signal.aborted ? 'cancelled' : 'failed', error);
    }
  }

  function contextOf(job: Job): JobContext {
    return {
      signal: job.abort.signal,
      report: (report) => change(job, report),
      setRun: (runId) => change(job, { runId }),
      setPause: (control) => {
        job.pause = control;
        change(job, { canPause: control !== null });
      },
    };
  }

  function end(job: Job, state: 'done' | 'failed' | 'cancelled', error: unknown): void {
    job.pause = null;
    change(job, {
      state,
      error: error === null ? null : errorToPlain(error),
      endedAt: Date.now(),
      etaSeconds: null,
      rate: null,
      canPause: false,
      canCancel: false,
    });
    job.ended.resolve(job.view);
    const ended = [...jobs.values()].filter(isEnded);
    for (const old of ended.slice(0, Math.max(0, ended.length - endedKept))) forget(old);
    startNext(job.order.lane);
  }

  function forget(job: Job): void {
    jobs.delete(job.view.id);
    onChange(job.view.id, null);
  }

  function cancel(job: Job): void {
    if (job.view.state === 'waiting') {
      job.abort.abort();
      end(job, 'cancelled', null);
      return;
    }
    change(job, { state: 'stopping', canCancel: false, canPause: false });
    job.abort.abort();
  }

  return {
    start(order) {
      const id = `job-${++made}`;
      const view: JobView = { ...newView, id, kind: order.kind, title: order.title, startedAt: Date.now() };
      const job: Job = {
        view,
        order,
        abort: new AbortController(),
        pause: null,
        ended: Promise.withResolvers<JobView>(),
      };
      jobs.set(id, job);
      onChange(id, view);
      startNext(order.lane);
      return { job: job.view, ended: job.ended.promise };
    },
    list: () => [...jobs.values()].map((job) => job.view),
    cancel: (id) => cancel(requireJob(id)),
    async pause(id) {
      const job = requireJob(id);
      if (job.pause === null) throw genoiseError('not-pausable', { job: job.order.kind });
      change(job, { state: 'pausing' });
      await job.pause.pause();
      if (job.view.state === 'pausing') change(job, { state: 'paused', etaSeconds: null, rate: null });
    },
    async resume(id) {
      const job = requireJob(id);
      if (job.pause === null) throw genoiseError('not-pausable', { job: job.order.kind });
      await job.pause.resume();
      if (!isEnded(job) && job.view.state !== 'stopping') change(job, { state: 'running' });
    },
    dismiss(id) {
      const job = jobs.get(id);
      if (job !== undefined && isEnded(job)) forget(job);
    },
    async close() {
      const open = [...jobs.values()].filter((job) => !isEnded(job));
      // The waiting ones first, lest one of them be started by another's end.
      for (const job of open.toReversed()) cancel(job);
      await Promise.all(open.map((job) => job.ended.promise));
    },
  };
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
