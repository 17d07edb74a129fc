import { describe, expect, it } from 'vitest';
import { createJobControl } from '../../../main/worker/hostControl.ts';
import { createPace } from '../../../main/worker/pace.ts';

/** A promise's state a moment later. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  const late = Symbol('late');
  const wait = new Promise((resolve) => setTimeout(() => resolve(late), 5));
  return (await Promise.race([promise, wait])) !== late;
}

describe('createJobControl', () => {
  it('tells a job that begins later what was asked before, and who asked when it rests', async () => {
    const control = createJobControl();
    const rests = control.pause();
    const told: string[] = [];
    const { paused } = control.attach(({ kind }) => void told.push(kind));
    expect(told).toEqual(['pause']);
    expect(await settled(rests)).toBe(false);
    paused();
    expect(await settled(rests)).toBe(true);
    await control.resume();
    control.finish();
    expect(told).toEqual(['pause', 'continue', 'finish']);
  });

  it('answers whoever waits for a rest when the job ends instead', async () => {
    const control = createJobControl();
    const { ended } = control.attach(() => undefined);
    const rests = control.pause();
    ended();
    expect(await settled(rests)).toBe(true);
    expect(await settled(control.pause())).toBe(true);
  });
});

describe('createPace', () => {
  it('rests until it may go on, or is cancelled, and says so each time it is asked', async () => {
    const controller = new AbortController();
    let told = 0;
    const pace = createPace(controller.signal, () => told++);
    expect(await settled(pace.rest())).toBe(true);
    pace.pause();
    expect(told).toBe(0);
    const first = pace.rest();
    pace.pause();
    expect([pace.pausing, told, await settled(first)]).toEqual([true, 2, false]);
    pace.resume();
    expect(await settled(first)).toBe(true);
    pace.pause();
    const second = pace.rest();
    controller.abort();
    expect(await settled(second)).toBe(true);
    expect(pace.pausing).toBe(false);
  });
});
