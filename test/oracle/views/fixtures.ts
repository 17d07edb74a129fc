import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Tensor } from '../../../main/engine/graph/node.ts';

type JitterStep = readonly ['brightness' | 'contrast' | 'saturation' | 'hue', number];

interface Packed {
  readonly shape: readonly number[];
  readonly base64: string;
}

/** What `makeFixtures.py` writes: inputs and parameters of three images, and what torchvision makes of them. */
interface Fixtures {
  readonly slot: number;
  readonly size: number;
  readonly pixels: Packed;
  readonly sizes: readonly (readonly [number, number])[];
  readonly crops: readonly (readonly number[])[];
  readonly flips: readonly (readonly [boolean, boolean])[];
  readonly sigmas: readonly number[];
  readonly crop: Packed;
  readonly flip: Packed;
  readonly blur: Packed;
  readonly wideBlur: { readonly size: number; readonly output: Packed };
  readonly jitters: Readonly<
    Record<string, { readonly steps: readonly (readonly JitterStep[])[]; readonly output: Packed }>
  >;
  readonly grayscale: Packed;
  readonly solarize: Packed;
  readonly chain: Packed;
  readonly whole: Packed;
  readonly picture: Packed;
  readonly hsvHue: readonly { readonly turns: number; readonly output: Packed }[];
}

const path = resolve(import.meta.dirname, '../../fixtures/views/views.json');

export const fixtures = JSON.parse(readFileSync(path, 'utf8')) as Fixtures;

/** A stored float32 array. */
export function floats({ base64, shape }: Packed): Tensor {
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'));
  return { dtype: 'float32', shape, data: new Float32Array(bytes.buffer) };
}

/** A stored uint8 array. */
export function bytes({ base64, shape }: Packed): Tensor {
  return { dtype: 'uint8', shape, data: Uint8Array.from(Buffer.from(base64, 'base64')) };
}

/** The largest difference between two tensors of one shape. Errors where the shapes differ. */
export function largestDifference(a: Tensor, b: Tensor): number {
  if (a.shape.join() !== b.shape.join()) throw new Error(`[${a.shape.join()}] against [${b.shape.join()}]`);
  let largest = 0;
  a.data.forEach((value: number, i: number) => {
    const difference = Math.abs(value - b.data[i]);
    // A NaN is a difference, too.
    if (!(difference <= largest)) largest = difference;
  });
  return largest;
}
