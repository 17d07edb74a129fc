import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { errorFromPlain, errorToPlain, genoiseError } from '../../shared/errors.ts';
import type {
  JobEvent,
  JobName,
  JobRequest,
  JobResult,
  MessageFromWorker,
  MessageToWorker,
} from '../../shared/jobs.ts';

const entry = fileURLToPath(new URL('./entry.ts', import.meta.url));
const messagesKept = 4000;

export interface JobOptions<J extends JobName> {
  /** Called for each event, one at a time and in order; what it throws ends the job. */
  readonly onEvent: (event: JobEvent<J>) => void | Promise<void>;
  /** Asks the job to save what it has and stop. */
  readonly signal?: AbortSignal;
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Runs a job in a process of its own and waits for its end.
 * @throws what the job threw, as a GenoiseError; `worker-crashed` when the process died
 */
export async function runJob<J extends JobName>(
  job: J,
  request: JobRequest<J>,
  options: JobOptions<J>,
): Promise<JobResult<J>> {
  const child = fork(entry, {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, ...options.environment },
  });
  const cancel = (): void => post(child, { kind: 'cancel' });
  options.signal?.addEventListener('abort', cancel);
  try {
    const outcome = outcomeOf(child, job, options);
    post(child, { kind: 'start', job, request });
    if (options.signal?.aborted === true) cancel();
    return await outcome;
  } finally {
    options.signal?.removeEventListener('abort', cancel);
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  }
}

function outcomeOf<J extends JobName>(
  child: ChildProcess,
  job: J,
  { onEvent }: JobOptions<J>,
): Promise<JobResult<J>> {
  const { promise, resolve, reject } = Promise.withResolvers<JobResult<J>>();
  let lastWords = '';
  child.stderr?.on(
    'data',
    (chunk: Buffer) => (lastWords = (lastWords + chunk.toString()).slice(-messagesKept)),
  );
  // Events are dealt with one after the other, and the end only after all of them.
  let queue = Promise.resolve();
  let refused = false;
  child.on('message', (message: MessageFromWorker) => {
    queue = queue.then(async () => {
      if (message.kind === 'done') resolve(message.result);
      else if (message.kind === 'failed') reject(errorFromPlain(message.error));
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
  child.on('error', (error) => reject(crash(job, error.message)));
  child.on('exit', (code, signal) => {
    const reason = `${signal ?? `exit code ${code}`}${lastWords === '' ? '' : `: ${lastWords.trim().split('\n').at(-1)}`}`;
    void queue.then(() => reject(crash(job, reason)));
  });
  return promise;
}

function crash(job: JobName, reason: string): Error {
  return genoiseError('worker-crashed', { job, reason });
}

/** A child that has just gone cannot be told anything; its `exit` says so. */
function post(child: ChildProcess, message: MessageToWorker): void {
  if (child.connected) child.send(message, () => undefined);
}
