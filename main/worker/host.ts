import { errorFromPlain, errorToPlain, genoiseError } from '../../shared/errors.ts';
import { jobNouns } from '../../shared/jobs.ts';
import type {
  JobEvent,
  JobName,
  JobRequest,
  JobResult,
  MessageFromWorker,
  MessageToWorker,
} from '../../shared/jobs.ts';
import type { JobControl } from './hostControl.ts';
import type { HostProcess } from './hostProcess.ts';
import { takeProcess } from './hostWarm.ts';

const messagesKept = 4000;

export interface JobOptions<J extends JobName> {
  /** Called for each event, one at a time and in order; what it throws ends the job. */
  readonly onEvent: (event: JobEvent<J>) => void | Promise<void>;
  /** Asks the job to save what it has and stop. */
  readonly signal?: AbortSignal;
  /** Lets the caller pause it, or end it early, where the job can be. */
  readonly control?: JobControl;
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Runs a job in a process of its own and waits for its end.
 * @throws what the job threw, as a GenoiseError; `worker-crashed` when the process died; `cancelled` when it died of
 *   being cancelled, before it could answer
 */
export async function runJob<J extends JobName>(
  job: J,
  request: JobRequest<J>,
  options: JobOptions<J>,
): Promise<JobResult<J>> {
  const child = takeProcess(job, options.environment ?? {});
  const cancel = (): void => post(child, { kind: 'cancel', job });
  options.signal?.addEventListener('abort', cancel);
  const control = options.control?.attach((message) => post(child, message));
  try {
    const outcome = outcomeOf(child, job, options, () => control?.paused());
    post(child, { kind: 'start', job, request });
    if (options.signal?.aborted === true) cancel();
    return await outcome;
  } finally {
    control?.ended();
    options.signal?.removeEventListener('abort', cancel);
    child.kill();
  }
}

function outcomeOf<J extends JobName>(
  child: HostProcess,
  job: J,
  { onEvent, signal: cancelled }: JobOptions<J>,
  onPaused: () => void,
): Promise<JobResult<J>> {
  const { promise, resolve, reject } = Promise.withResolvers<JobResult<J>>();
  let lastWords = '';
  child.onWords((words) => (lastWords = (lastWords + words).slice(-messagesKept)));
  // Events are dealt with one after the other, and the end only after all of them.
  let queue = Promise.resolve();
  let refused = false;
  child.onMessage((received) => {
    // Sent by our own entry.ts, whose messages are of this type.
    const message = received as MessageFromWorker;
    queue = queue.then(async () => {
      if (message.kind === 'done') resolve(message.result);
      else if (message.kind === 'failed') reject(errorFromPlain(message.error));
      else if (message.kind === 'paused') onPaused();
      else if (!refused) {
        try {
          await onEvent(message.event);
          post(child, { kind: 'taken', id: message.id });
        } catch (error) {
          refused = true;
          post(child, { kind: 'refused', id: message.id, error: errorToPlain(error) });
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      }
    });
  });
  child.onEnd((ending) => {
    const error =
      cancelled?.aborted === true
        ? genoiseError('cancelled', { job: jobNouns[job] })
        : crash(job, [ending, ...reasonIn(lastWords)].join(': '));
    void queue.then(() => reject(error));
  });
  return promise;
}

/** Of what a dying process wrote, the line that tells why: Node's last line is only its version. */
function reasonIn(lastWords: string): string[] {
  const lines = lastWords.split('\n').filter((line) => line.trim() !== '');
  const reason = lines.findLast((line) => /^(\w+ )?\w*Error\b/.test(line)) ?? lines.at(-1);
  return reason === undefined ? [] : [reason.trim()];
}

function crash(job: JobName, reason: string): Error {
  return genoiseError('worker-crashed', { job: jobNouns[job], reason });
}

function post(child: HostProcess, message: MessageToWorker): void {
  child.post(message);
}
