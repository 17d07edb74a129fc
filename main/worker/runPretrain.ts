import { pretrain } from '../training/pretrain.ts';
import { executorFor } from './executorFor.ts';
import type { JobHost, JobRequest } from '../../shared/jobs.ts';
import type { FoundDevice } from '../../shared/pretraining.ts';
import type { PretrainOutcome } from '../../shared/trainingEvents.ts';

/** Pretrains an encoder on the device that was asked for. */
export async function runPretrain(
  { job, device }: JobRequest<'pretrain'>,
  host: JobHost<'pretrain'>,
): Promise<PretrainOutcome> {
  let trial: readonly FoundDevice[] | undefined;
  const executor = await executorFor(device, (tried) => (trial = tried));
  const { signal, pace } = host;
  return pretrain(job, {
    executor,
    signal,
    pace,
    report: (event) => host.report(event.kind === 'started' && trial ? { ...event, trial } : event),
  });
}
