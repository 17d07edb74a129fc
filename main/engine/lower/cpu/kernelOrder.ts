import { kernelInputBlock } from './layout.ts';
import type { NumericArray } from '../../graph/node.ts';
import type { ElementOrder } from '../lowering.ts';

/** The `kernel` layout of weights [O, I, k, k] (see `layout.ts`), for state that goes in and out of a program. */
export function kernelOrder(shape: readonly number[], block: number): ElementOrder {
  return {
    fromRowMajor: (data) => intoBlocks(data, shape, block),
    toRowMajor: (data) => outOfBlocks(data, shape, block),
  };
}

// Two loops that look alike, because weights have millions of elements: a place for each by table or by call takes
// ten times as long.

function intoBlocks(data: NumericArray, shape: readonly number[], block: number): Float32Array {
  const result = new Float32Array(data.length);
  forEachColumn(shape, block, (at, place, step) => {
    for (let output = 0; output < block; output++) result[at + output] = data[place + output * step];
  });
  return result;
}

function outOfBlocks(data: Float32Array, shape: readonly number[], block: number): Float32Array {
  const result = new Float32Array(data.length);
  forEachColumn(shape, block, (at, place, step) => {
    for (let output = 0; output < block; output++) result[place + output * step] = data[at + output];
  });
  return result;
}

/**
 * The block's outputs of each input and tap: they lie together from `at` in the layout, `step` apart from `place` in
 * row-major order.
 */
function forEachColumn(
  [outputs, inputs, height, width]: readonly number[],
  block: number,
  visit: (at: number, place: number, step: number) => void,
): void {
  const inner = kernelInputBlock(inputs, block) ?? 1;
  const taps = height * width;
  let at = 0;
  for (let o = 0; o < outputs; o += block) {
    for (let i = 0; i < inputs; i += inner) {
      for (let tap = 0; tap < taps; tap++) {
        for (let input = i; input < i + inner; input++, at += block)
          visit(at, (o * inputs + input) * taps + tap, inputs * taps);
      }
    }
  }
}
