import { randomStream, type Random } from '../nn/random.ts';
import { samplePatterns, type Pattern, type SampleClass } from './sampleImagePatterns.ts';

/** Rows of interleaved RGB bytes. */
export interface DrawnImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Normal noise that all images take from, each in an order of its own: drawing it anew would take most of the time. */
const grains = drawGrains(16_384);

type Colour = readonly [number, number, number];

/**
 * Draws image number `index` of a class. Everything but the form of its figure is drawn at random in the same way for
 * every class: size, angle, place, colours, which of them is the figure's, a gradient, noise. Same arguments, same bytes.
 * @param side the longer side in pixels
 */
export function drawSampleImage(
  className: SampleClass,
  index: number,
  { seed, side }: { readonly seed: number; readonly side: number },
): DrawnImage {
  const random = randomStream(seed, 'sample image', className, index);
  const shorter = Math.round(side * random.uniform(0.75, 1));
  const [width, height] = random.integer(2) === 0 ? [side, shorter] : [shorter, side];
  const period = side / random.uniform(2, 3.5);
  const inside = placed(samplePatterns[className](random), period, random);
  const colours = drawColours(random);
  const noise = random.uniform(0, 12);
  let grain = random.integer(grains.length);
  const stride = 1 + 2 * random.integer(grains.length / 2);
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      // One pixel wide edges: half a pixel inside is all figure.
      const ink = Math.min(1, Math.max(0, 0.5 + inside(x, y) * period));
      const down = y / height;
      for (let channel = 0; channel < 3; channel++) {
        const ground = mix(colours.above[channel], colours.below[channel], down);
        grain = (grain + stride) % grains.length;
        const value = mix(ground, colours.figure[channel], ink) + noise * grains[grain];
        data[(y * width + x) * 3 + channel] = Math.min(255, Math.max(0, Math.round(value)));
      }
    }
  }
  return { width, height, data };
}

/** A pattern turned, scaled and moved, of pixels. */
function placed(pattern: Pattern, period: number, random: Random): Pattern {
  const angle = random.uniform(0, 2 * Math.PI);
  const [cos, sin] = [Math.cos(angle) / period, Math.sin(angle) / period];
  const [left, top] = [random.uniform(), random.uniform()];
  return (x, y) => pattern(cos * x - sin * y + left, sin * x + cos * y + top);
}

/** Of figure and ground one is dark and the other light, so that the figure can be seen; which one is chance. */
function drawColours(random: Random): Readonly<Record<'figure' | 'above' | 'below', Colour>> {
  const dark = (): Colour => drawColour(random, 0, 110);
  const light = (): Colour => drawColour(random, 145, 255);
  const [figure, ground] = random.integer(2) === 0 ? [dark, light] : [light, dark];
  return { figure: figure(), above: ground(), below: ground() };
}

function drawColour(random: Random, low: number, high: number): Colour {
  return [random.uniform(low, high), random.uniform(low, high), random.uniform(low, high)];
}

function mix(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}

function drawGrains(count: number): Float32Array {
  const random = randomStream('sample image grains');
  return Float32Array.from({ length: count }, () => random.normal());
}
