import { expect, it } from 'vitest';
import { newestFirst } from '../../../main/app/newestFirst.ts';

it('runs no more at once than it may, and of those that wait the newest', async () => {
  const inTurn = newestFirst(1);
  const begun: string[] = [];
  const ends = new Map<string, (failure?: Error) => void>();
  const start = (name: string): Promise<void> =>
    inTurn(() => {
      begun.push(name);
      return new Promise<void>((resolve, reject) =>
        ends.set(name, (failure) => (failure === undefined ? resolve() : reject(failure))),
      );
    });

  const [a, b, c] = ['a', 'b', 'c'].map(start);
  expect(begun).toEqual(['a']);
  ends.get('a')?.(new Error('broken'));
  await expect(a).rejects.toThrow('broken');
  await expect.poll(() => begun).toEqual(['a', 'c']);
  ends.get('c')?.();
  await c;
  await expect.poll(() => begun).toEqual(['a', 'c', 'b']);
  ends.get('b')?.();
  await b;

  const again = start('d');
  expect(begun.at(-1)).toBe('d');
  ends.get('d')?.();
  await again;
});
