import { expect, test } from 'vitest';
import {
  createJobQueue,
  type JobContext,
  type JobOrder,
  type PauseControl,
} from '../../../main/app/jobQueue.ts';
import { genoiseError } from '../../../shared/errors.ts';
import type { JobView } from '../../../shared/contract/jobCommands.ts';

/** A job that does what the test tells it to. */
function controlled(lane: JobOrder['lane'] = 'compute') {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let context: JobContext | null = null;
  const order: JobOrder = {
    kind: 'pretrain',
    lane,
    title: 'Learning',
    run: (given) => {
      context = given;
      given.signal.addEventListener('abort', () => reject(genoiseError('cancelled', { job: 'test' })));
      return promise;
    },
  };
  const running = (): JobContext => {
    if (context === null) throw new Error('the job has not been started');
    return context;
  };
  return { order, finish: resolve, fail: reject, context: running, hasStarted: () => context !== null };
}

function watched() {
  const seen: (JobView | null)[] = [];
  const queue = createJobQueue((_, job) => seen.push(job));
  return { queue, seen };
}

test('jobs of one lane run one after the other, those of another beside them', async () => {
  const { queue } = watched();
  const [first, second, other] = [controlled(), controlled(), controlled('import')];
  const one = queue.start(first.order);
  const two = queue.start(second.order);
  queue.start(other.order);
  expect([first, second, other].map((job) => job.hasStarted())).toEqual([true, false, true]);
  expect(queue.list().map((job) => job.state)).toEqual(['running', 'waiting', 'running']);
  first.finish();
  expect((await one.ended).state).toBe('done');
  expect(second.hasStarted()).toBe(true);
  second.fail(new Error('no'));
  const ended = await two.ended;
  expect([ended.state, ended.error?.code]).toEqual(['failed', 'internal']);
});

test('a waiting job that is cancelled never runs, a running one is stopped and says so', async () => {
  const { queue, seen } = watched();
  const [first, second] = [controlled(), controlled()];
  const one = queue.start(first.order);
  const two = queue.start(second.order);
  queue.cancel(two.job.id);
  expect((await two.ended).state).toBe('cancelled');
  queue.cancel(one.job.id);
  expect(queue.list()[0].state).toBe('stopping');
  expect((await one.ended).state).toBe('cancelled');
  expect(second.hasStarted()).toBe(false);
  expect(() => queue.cancel(one.job.id)).toThrow(expect.objectContaining({ code: 'no-such-job' }));
  expect(seen.filter((job) => job?.state === 'stopping')).toHaveLength(1);
});

test('a job that can be paused comes to rest and goes on; another cannot', async () => {
  const { queue } = watched();
  const job = controlled();
  const { job: view, ended } = queue.start(job.order);
  await expect(queue.pause(view.id)).rejects.toMatchObject({ code: 'not-pausable' });
  const rest = Promise.withResolvers<void>();
  const control: PauseControl = { pause: () => rest.promise, resume: async () => undefined };
  job.context().setPause(control);
  const paused = queue.pause(view.id);
  expect(queue.list()[0].state).toBe('pausing');
  rest.resolve();
  await paused;
  expect(queue.list()[0].state).toBe('paused');
  await queue.resume(view.id);
  expect(queue.list()[0].state).toBe('running');
  job.finish();
  expect((await ended).state).toBe('done');
});

test('what is being stopped can be paused no longer, also where it was paused', async () => {
  const { queue } = watched();
  const job = controlled();
  const { job: view, ended } = queue.start(job.order);
  job.context().setPause({ pause: async () => undefined, resume: async () => undefined });
  await queue.pause(view.id);
  queue.cancel(view.id);
  await Promise.all(
    [queue.pause(view.id), queue.resume(view.id)].map((asked) =>
      expect(asked).rejects.toMatchObject({ code: 'not-pausable' }),
    ),
  );
  const { state, error } = await ended;
  expect({ state, error }).toEqual({ state: 'cancelled', error: null });
});

test('closing stops what runs and what waits, and waits for the end', async () => {
  const { queue } = watched();
  const [first, second] = [controlled(), controlled()];
  queue.start(first.order);
  queue.start(second.order);
  await queue.close();
  expect(queue.list().map((job) => job.state)).toEqual(['cancelled', 'cancelled']);
  expect(second.hasStarted()).toBe(false);
});

test('ended jobs leave the list when they are dismissed, or too many', async () => {
  const { queue } = watched();
  for (let i = 0; i < 8; i++) {
    const job = controlled();
    const { ended } = queue.start(job.order);
    job.finish();
    await ended;
  }
  expect(queue.list()).toHaveLength(5);
  queue.dismiss(queue.list()[0].id);
  expect(queue.list()).toHaveLength(4);
});
