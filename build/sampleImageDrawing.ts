import { randomStream, type Random } from '../main/nn/random.ts';
import { samplePatterns, type Pattern, type SampleClass } from './sampleImagePatterns.ts';

/** Rows of interleaved RGB bytes. */
export interface DrawnImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

type Colour = readonly [number, number, number];

/** Below this distance in RGB a figure could hardly be told from its ground. */
const fewestContrast = 110;

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
  const period = side / random.uniform(2.5, 5);
  const inside = placed(samplePatterns[className](random), period, random);
  const colours = drawColours(random);
  const noise = random.uniform(0, 14);
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      // One pixel wide edges: half a pixel inside is all figure.
      const ink = Math.min(1, Math.max(0, 0.5 + inside(x, y) * period));
      const down = y / height;
      for (let channel = 0; channel < 3; channel++) {
        const ground = mix(colours.above[channel], colours.below[channel], down);
        const value = mix(ground, colours.figure[channel], ink) + noise * random.normal();
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

function drawColours(random: Random): Readonly<Record<'figure' | 'above' | 'below', Colour>> {
  const colour = (): Colour => [random.uniform(0, 255), random.uniform(0, 255), random.uniform(0, 255)];
  const figure = colour();
  const ground = (): Colour => {
    for (;;) {
      const drawn = colour();
      if (distance(drawn, figure) >= fewestContrast) return drawn;
    }
  };
  const above = ground();
  const other = ground();
  const below: Colour = [
    mix(above[0], other[0], 0.3),
    mix(above[1], other[1], 0.3),
    mix(above[2], other[2], 0.3),
  ];
  return { figure, above, below };
}

function distance(a: Colour, b: Colour): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

function mix(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}
