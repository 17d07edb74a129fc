import { describe, expect, it } from 'vitest';
import { actionQueue, type QueueState } from '../../../renderer/views/label/actionQueue.ts';

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe('the queue of answers', () => {
  it('does all in the order in which they came, one after the other', async () => {
    const done: number[] = [];
    let running = 0;
    const queue = actionQueue(() => undefined);
    for (let i = 0; i < 20; i++) {
      queue.push(async () => {
        expect(++running).toBe(1);
        await new Promise((resolve) => setTimeout(resolve, i % 3));
        running -= 1;
        done.push(i);
      });
    }
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(done).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  it('stands still at what fails and keeps it with all behind it, until it is tried again', async () => {
    let state: QueueState = { waiting: 0, error: null };
    const done: string[] = [];
    let fails = true;
    const queue = actionQueue((next) => (state = next));
    queue.push(async () => {
      if (fails) throw new Error('the disk is full');
      done.push('first');
    });
    queue.push(async () => void done.push('second'));
    await settle();
    expect(state).toEqual({ waiting: 2, error: new Error('the disk is full') });
    queue.push(async () => void done.push('third'));
    await settle();
    expect(done).toEqual([]);
    fails = false;
    queue.retry();
    await settle();
    expect(done).toEqual(['first', 'second', 'third']);
    expect(state).toEqual({ waiting: 0, error: null });
  });

  it('gives up what waits when it is told to, and goes on with what comes then', async () => {
    const done: string[] = [];
    const queue = actionQueue(() => undefined);
    queue.push(() => Promise.reject(new Error('no')));
    queue.push(async () => void done.push('lost'));
    await settle();
    queue.drop();
    queue.push(async () => void done.push('new'));
    await settle();
    expect(done).toEqual(['new']);
  });
});
