import type { BrowserWindow } from 'electron';
import type { Application } from '../app/application.ts';
import type { JobView } from '../../shared/contract/jobCommands.ts';

/** Electron's own values: none, and one that only says that something is under way. */
const none = -1;
const unknown = 2;

/** Shows in the task bar or dock how far the jobs are. @returns what ends it */
export function showProgress(application: Pick<Application, 'onEvent'>, window: BrowserWindow): () => void {
  const jobs = new Map<string, JobView>();
  return application.onEvent((event) => {
    if (event.kind === 'job') jobs.set(event.job.id, event.job);
    else if (event.kind === 'job-gone') jobs.delete(event.id);
    else return;
    if (window.isDestroyed()) return;
    const open = [...jobs.values()].filter((job) => job.endedAt === null && job.state !== 'waiting');
    const paused = open.length > 0 && open.every((job) => job.state === 'paused');
    window.setProgressBar(overall(open), { mode: paused ? 'paused' : 'normal' });
  });
}

/** The mean over the jobs that know how much there is to do. */
export function overall(jobs: readonly JobView[]): number {
  if (jobs.length === 0) return none;
  const known = jobs.flatMap(({ progress }) =>
    progress === null || progress.total <= 0 ? [] : [Math.min(1, progress.done / progress.total)],
  );
  return known.length === 0 ? unknown : known.reduce((sum, share) => sum + share, 0) / known.length;
}
