import { api } from '../api.ts';
import { connection } from './connection.svelte.ts';
import { notices } from './notices.svelte.ts';
import type { JobKind, JobView } from '../../shared/contract/jobCommands.ts';

/** Jobs that run, wait, or ended a short while ago, oldest first. */
class Jobs {
  list = $state.raw<readonly JobView[]>([]);

  constructor() {
    api.on('job', (event) => this.#put(event.job));
    api.on('job-gone', (event) => {
      this.list = this.list.filter((job) => job.id !== event.id);
    });
    $effect.root(() => {
      $effect(() => {
        if (connection.openings > 0) void this.#read();
      });
    });
  }

  /** Those that have not ended. */
  get active(): readonly JobView[] {
    return this.list.filter((job) => job.endedAt === null);
  }

  /** The newest one of a kind that has not ended. */
  activeOf(kind: JobKind): JobView | undefined {
    return this.active.findLast((job) => job.kind === kind);
  }

  cancel = (job: JobView): Promise<void> => this.#ask('jobs.cancel', job);
  pause = (job: JobView): Promise<void> => this.#ask('jobs.pause', job);
  resume = (job: JobView): Promise<void> => this.#ask('jobs.resume', job);
  dismiss = (job: JobView): Promise<void> => this.#ask('jobs.dismiss', job);

  async #ask(
    command: 'jobs.cancel' | 'jobs.pause' | 'jobs.resume' | 'jobs.dismiss',
    job: JobView,
  ): Promise<void> {
    try {
      await api.call(command, { id: job.id });
    } catch (error) {
      notices.fail(error);
    }
  }

  #put(job: JobView): void {
    const known = this.list.some((other) => other.id === job.id);
    this.list = known ? this.list.map((other) => (other.id === job.id ? job : other)) : [...this.list, job];
  }

  async #read(): Promise<void> {
    try {
      this.list = await api.call('jobs.list');
    } catch (error) {
      notices.fail(error);
    }
  }
}

export const jobs = new Jobs();
