import { kernelInputBlock } from './layout.ts';
import type { NumericArray } from '../../graph/node.ts';
import type { ElementOrder } from '../lowering.ts';

/** The `kernel` layout of weights [O, I, k, k] (see `layout.ts`), for state that goes in and out of a program. */
export function kernelOrder(shape: readonly number[], block: number): ElementOrder {
  const places = rowMajorPlaces(shape, block);
  return {
    fromRowMajor: (data: NumericArray) => Float32Array.from(places, (place) => data[place]),
    toRowMajor: (data) => {
      const result = new Float32Array(data.length);
      places.forEach((place, i) => (result[place] = data[i]));
      return result;
    },
  };
}

/** For each element in the order of the layout, its place in row-major order. */
function rowMajorPlaces([outputs, inputs, height, width]: readonly number[], block: number): Uint32Array {
  const inner = kernelInputBlock(inputs, block) ?? 1;
  const taps = height * width;
  const places = new Uint32Array(outputs * inputs * taps);
  let at = 0;
  for (let o = 0; o < outputs; o += block) {
    for (let i = 0; i < inputs; i += inner) {
      for (let tap = 0; tap < taps; tap++) {
        for (let input = i; input < i + inner; input++) {
          for (let output = o; output < o + block; output++)
            places[at++] = (output * inputs + input) * taps + tap;
        }
      }
    }
  }
  return places;
}
