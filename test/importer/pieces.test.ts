import { describe, expect, it } from 'vitest';
import { chooseSlotSize } from '../../main/importer/chooseSlotSize.ts';
import { inOrder } from '../../main/importer/inOrder.ts';
import { folderClass } from '../../shared/folderClass.ts';

describe('M, the side of a slot', () => {
  it.each([
    [[32, 32, 32], 32],
    [[], 32],
    [[10], 32],
    [[33], 40],
    [[100, 4000, 90], 104],
    [[4000, 3000, 2000], 256],
  ])('for long sides %j is %i', (longSides, expected) => {
    expect(chooseSlotSize(longSides)).toBe(expected);
  });
});

describe('inOrder', () => {
  const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

  it('keeps the order and never has more in flight than allowed', async () => {
    let inFlight = 0;
    let most = 0;
    const work = async (n: number) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      await sleep(n % 2 === 0 ? 5 : 1);
      inFlight -= 1;
      return n * n;
    };
    const results: number[] = [];
    for await (const result of inOrder([1, 2, 3, 4, 5, 6], 2, work)) results.push(result);
    expect(results).toEqual([1, 4, 9, 16, 25, 36]);
    expect(most).toBe(2);
  });

  it('starts nothing more when the consumer stops, and waits for what runs', async () => {
    let ended = 0;
    const started: number[] = [];
    const work = async (n: number) => {
      started.push(n);
      await sleep(5);
      ended += 1;
    };
    for await (const _ of inOrder([1, 2, 3, 4, 5, 6], 2, work)) break;
    expect(started).toEqual([1, 2, 3]);
    expect(ended).toBe(3);
  });

  it('throws what the work throws, in its turn', async () => {
    const seen: number[] = [];
    const work = async (n: number) => (n === 2 ? Promise.reject(new Error('two')) : n);
    const consume = async () => {
      for await (const n of inOrder([1, 2, 3], 3, work)) seen.push(n);
    };
    await expect(consume()).rejects.toThrow('two');
    expect(seen).toEqual([1]);
  });
});

describe('the class of an image from its folder', () => {
  it.each([
    ['oak/1.jpg', 'oak'],
    ['train/oak/1.jpg', 'oak'],
    ['1.jpg', null],
    ['Erle (Schwarz)/a b.jpg', 'Erle (Schwarz)'],
    ['che\u0302ne/1.jpg', 'chêne'],
  ])('%s is in %s', (path, expected) => {
    expect(folderClass(Buffer.from(path))).toBe(expected);
  });
});
