/**
 * The worker process: runs one job and ends. Everything native and heavy happens in here, so that a crash costs a
 * job and never the application. It never opens the database, and ends when its parent does.
 */
import { errorFromPlain, errorToPlain, genoiseError } from '../../shared/errors.ts';
import { jobNouns } from '../../shared/jobs.ts';
import { jobRunners } from './jobRunners.ts';
import { createPace } from './pace.ts';
import { openParentLink } from './parentLink.ts';
import type { JobEvent, JobName, JobRequest, MessageFromWorker, MessageToWorker } from '../../shared/jobs.ts';

const parent = openParentLink();
const controller = new AbortController();
const waiting = new Map<number, { taken: () => void; refused: (error: Error) => void }>();
const pace = createPace(controller.signal, () => send({ kind: 'paused' }));
let nextEvent = 0;

parent.onMessage((received) => {
  // Sent by our own host.ts, whose messages are of this type.
  const message = received as MessageToWorker;
  switch (message.kind) {
    case 'prepare':
      // What cannot be loaded says so when the job starts.
      void jobRunners[message.job]().catch(() => undefined);
      break;
    case 'start':
      void run(message.job, message.request);
      break;
    case 'taken':
      waiting.get(message.id)?.taken();
      waiting.delete(message.id);
      break;
    case 'refused':
      waiting.get(message.id)?.refused(errorFromPlain(message.error));
      waiting.delete(message.id);
      break;
    case 'cancel':
      controller.abort(genoiseError('cancelled', { job: jobNouns[message.job] }));
      break;
    case 'pause':
      pace.pause();
      break;
    case 'continue':
      pace.resume();
      break;
    case 'finish':
      pace.finish();
      break;
  }
});
// Nobody is left to take rows.
parent.onParentGone(() => process.exit(1));
// Both often reach the whole process group; the parent decides, and says "cancel".
process.on('SIGINT', () => undefined).on('SIGTERM', () => undefined);

async function run(job: JobName, request: JobRequest<JobName>): Promise<void> {
  try {
    const runner = await jobRunners[job]();
    // That request and job belong together is checked where they are sent; here only their unions are known.
    await end({
      kind: 'done',
      result: await runner(request as never, { report, signal: controller.signal, pace }),
    });
  } catch (error) {
    await end({ kind: 'failed', error: errorToPlain(error) });
  }
}

function report(event: JobEvent<JobName>): Promise<void> {
  const id = nextEvent++;
  const answered = new Promise<void>((taken, refused) => waiting.set(id, { taken, refused }));
  // A job that does not wait for the answer must not die of it; one that waits still sees the rejection.
  answered.catch(() => undefined);
  send({ kind: 'event', id, event });
  return answered;
}

function send(message: MessageFromWorker): void {
  parent.send(message);
}

function end(message: MessageFromWorker): Promise<void> {
  return parent.end(message);
}
