import { describe, expect, it } from 'vitest';
import * as ops from '../../../main/engine/graph/ops.ts';
import { gradients } from '../../../main/engine/gradient/gradients.ts';
import { gpuTable } from '../../bench/gpuTable.ts';
import { operationsOf } from '../../bench/operations.ts';
import type { GpuRow } from '../../bench/gpuRows.ts';

const shape = { method: 'simclr', encoder: 'resnet18', pairs: 4, width: 1, imageSize: 32 } as const;

const rows: readonly GpuRow[] = [
  { side: 'ours', part: 'matmul fp32', value: 1000, unit: 'GFLOP/s' },
  {
    side: 'ours',
    part: 'resnet18 32 px, 4 × 2, step',
    value: 40,
    unit: 'images/s',
    details: { stepMilliseconds: 100, operations: 5e10 },
  },
  {
    side: 'ours',
    part: 'resnet18 32 px, 4 × 2, kernels',
    value: 75,
    unit: 'ms in kernels',
    details: { byOperator: { Conv: 70, Mul: 5 } },
  },
  { side: 'PyTorch', part: 'resnet18 32 px, 4 × 2, fp32, contiguous', value: 50, unit: 'images/s' },
  { side: 'PyTorch', part: 'copy', error: 'out of memory' },
];

describe('the table of the GPU', () => {
  it('tells what the GPU waits for, how far the ceiling is, and what PyTorch does', () => {
    const table = gpuTable(rows, [shape]);
    expect(table).toContain('the GPU is idle for 25 % of a step');
    expect(table).toContain('{"Conv":70,"Mul":5}');
    expect(table).toContain("500 GFLOP/s, 50 % of our own matrix product's rate");
    expect(table).toContain('ours is 0.80 × PyTorch, fp32, contiguous.');
    expect(table).toContain('Not measured: PyTorch, copy: out of memory');
  });

  it('is there too where the run was cut', () => {
    expect(gpuTable(rows.slice(0, 1), [shape])).toContain('matmul fp32');
    expect(gpuTable([], [shape])).toContain('side');
  });
});

describe('the operations of a graph', () => {
  it('are those of its convolutions, their gradients and its products', () => {
    const x = ops.feed('x', [2, 3, 8, 8]);
    const w = ops.state('w', [5, 3, 3, 3]);
    const y = ops.conv2d(x, w, { stride: 2, padding: 1 });
    const forward = 2 * (2 * 5 * 4 * 4) * (3 * 3 * 3);
    expect(operationsOf({ outputs: { y }, updates: {} })).toBe(forward);
    const [byW, byX] = gradients(ops.reduceSum(ops.square(y)), [w, x]);
    expect(operationsOf({ outputs: { byW }, updates: {} })).toBe(2 * forward);
    expect(operationsOf({ outputs: { byW, byX }, updates: {} })).toBe(3 * forward);
    const product = ops.matmul(ops.feed('a', [7, 4]), ops.feed('b', [7, 5]), { transposeA: true });
    expect(operationsOf({ outputs: { product }, updates: {} })).toBe(2 * 4 * 5 * 7);
  });
});
