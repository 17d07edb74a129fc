import { expect, it } from 'vitest';
import { freeTensors } from '../../../main/engine/execute/freeTensors.ts';
import type { Tensor } from '../../../main/engine/graph/node.ts';

function tensorOf(data: Float32Array): Tensor {
  return { dtype: 'float32', shape: [data.length], data };
}

it('frees what is a tensor’s own, once, and nothing that others see too', () => {
  const own = Float32Array.of(1, 2, 3);
  const pool = Float32Array.of(4, 5, 6, 7);
  const tensors = { own: tensorOf(own), again: tensorOf(own), part: tensorOf(pool.subarray(1, 3)) };
  freeTensors(tensors);
  expect(own).toHaveLength(0);
  expect(own.buffer.detached).toBe(true);
  expect([...tensors.part.data]).toEqual([5, 6]);
  expect([...pool]).toEqual([4, 5, 6, 7]);
});
