import type { Random } from '../nn/random.ts';

/**
 * How far a point lies inside of a pattern's figure, in periods: positive inside, 0 on its edge. The plane is endless
 * and repeats about once a unit, so that a pattern may be turned, moved and scaled at will.
 */
export type Pattern = (x: number, y: number) => number;

/** The classes: each draws what an image of it has of its own, and returns its pattern. */
export const samplePatterns = {
  blobs: blobsPattern,
  checker: () => (x, y) => {
    const [a, b] = [centred(x), centred(y)];
    const toEdge = Math.min(Math.abs(a), Math.abs(b), 0.5 - Math.abs(a), 0.5 - Math.abs(b));
    return a * b > 0 ? toEdge : -toEdge;
  },
  dots: (random) => {
    const radius = random.uniform(0.24, 0.34);
    return (x, y) => radius - Math.hypot(centred(x), centred(y));
  },
  grid: (random) => {
    const half = random.uniform(0.07, 0.13);
    return (x, y) => half - Math.min(Math.abs(centred(x)), Math.abs(centred(y)));
  },
  rings: (random) => {
    const half = random.uniform(0.06, 0.09);
    return (x, y) => half - Math.abs(Math.hypot(centred(x), centred(y)) - 0.33);
  },
  stripes: (random) => {
    const half = random.uniform(0.18, 0.32);
    return (x) => half - Math.abs(centred(x));
  },
  triangles: () => (x, y) => {
    const [a, b] = [Math.abs(centred(x)), centred(y)];
    return Math.min(0.36 - b, (b + 0.36 - 2 * a) / Math.sqrt(5));
  },
  waves: (random) => {
    const half = random.uniform(0.14, 0.22);
    const height = random.uniform(0.3, 0.45);
    return (x, y) => half - Math.abs(centred(x + height * Math.sin(2 * Math.PI * y)));
  },
} as const satisfies Readonly<Record<string, (random: Random) => Pattern>>;

export type SampleClass = keyof typeof samplePatterns;

/** Plane waves in all directions added up: spots of no regular form. */
function blobsPattern(random: Random): Pattern {
  const waves = Array.from({ length: 7 }, () => {
    const direction = random.uniform(0, 2 * Math.PI);
    const frequency = 2 * Math.PI * random.uniform(0.5, 0.9);
    return {
      x: frequency * Math.cos(direction),
      y: frequency * Math.sin(direction),
      phase: random.uniform(0, 2 * Math.PI),
    };
  });
  return (x, y) => 0.1 * waves.reduce((sum, wave) => sum + Math.cos(wave.x * x + wave.y * y + wave.phase), 0);
}

/** Distance from the middle of the period, −0.5 … 0.5. */
function centred(x: number): number {
  return x - Math.floor(x) - 0.5;
}
