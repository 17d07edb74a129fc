import { expect, it } from 'vitest';
import { blockSize, computesRightly, cpuLowering } from '../../../main/engine/execute/ort/cpuLowering.ts';
import { exp, feed } from '../../../main/engine/graph/ops.ts';
import { lowerPortable } from '../../../main/engine/lower/portable/lowerPortable.ts';

it('finds the block of this machine, and that it computes rightly with it', async () => {
  const block = await blockSize();
  expect([8, 16]).toContain(block);
  expect(await computesRightly(block)).toBe(true);
});

it('sees that another block does not compute rightly', async () => {
  const other = (await blockSize()) === 16 ? 8 : 16;
  const verdict = await computesRightly(other).catch(() => 'refused');
  expect([false, 'refused']).toContain(verdict);
});

it('writes for the CPU where it does', async () => {
  const lowering = await cpuLowering();
  expect(lowering).not.toBe(lowerPortable);
  expect(lowering({ outputs: { y: exp(feed('x', [2])) }, updates: {} }).orders).toBeDefined();
});
