import { useForker as useForkerForJobs, type Forker } from '../worker/hostProcess.ts';

export type { Forker, ForkOptions, HostProcess } from '../worker/hostProcess.ts';

/** How the jobs of this process are to start theirs: the desktop shell has a way of its own. Before the first job. */
export function useForker(forker: Forker): void {
  useForkerForJobs(forker);
}
