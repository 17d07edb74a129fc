import { describe, expect, it } from 'vitest';
import { drawSampleImage, type DrawnImage } from '../../main/importer/sampleImageDrawing.ts';
import { samplePatterns, type SampleClass } from '../../main/importer/sampleImagePatterns.ts';

const classes = Object.keys(samplePatterns) as SampleClass[];
const options = { seed: 1, side: 24 };

describe('drawSampleImage', () => {
  it('has at least six classes', () => {
    expect(classes.length).toBeGreaterThanOrEqual(6);
  });

  it('gives the same bytes for the same arguments, others for others', () => {
    const first = drawSampleImage('rings', 3, options);
    expect(drawSampleImage('rings', 3, options)).toEqual(first);
    expect(drawSampleImage('rings', 4, options)).not.toEqual(first);
    expect(drawSampleImage('rings', 3, { ...options, seed: 2 })).not.toEqual(first);
    expect(Math.max(first.width, first.height)).toBe(24);
    expect(first.data).toHaveLength(first.width * first.height * 3);
  });

  it('makes classes that mean colour does not tell apart', () => {
    const centroids = classes.map((name) => meanOf(range(0, 120).map((i) => meanColour(name, i))));
    const tested = classes.flatMap((name, c) =>
      range(120, 160).map((i) => nearest(meanColour(name, i), centroids) === c),
    );
    const accuracy = tested.filter(Boolean).length / tested.length;
    expect(accuracy).toBeLessThan(1.6 / classes.length);
  });

  it('makes classes that a look at their form does tell apart', () => {
    // How alike a pixel is to the one beside it and below it tells fine figures from coarse ones, whatever their colour.
    const roughness = (name: SampleClass): number =>
      meanOf(range(0, 40).map((i) => [relativeRoughness(drawSampleImage(name, i, options))]))[0];
    expect(roughness('waves')).toBeGreaterThan(1.3 * roughness('blobs'));
  });
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

function meanColour(name: SampleClass, index: number): number[] {
  const { data } = drawSampleImage(name, index, options);
  const sums = [0, 0, 0];
  data.forEach((value, i) => (sums[i % 3] += value));
  return sums.map((sum) => sum / (data.length / 3));
}

function meanOf(rows: readonly (readonly number[])[]): number[] {
  return rows[0].map((_, i) => rows.reduce((sum, row) => sum + row[i], 0) / rows.length);
}

function nearest(point: readonly number[], centroids: readonly (readonly number[])[]): number {
  const distances = centroids.map((centroid) => Math.hypot(...centroid.map((value, i) => value - point[i])));
  return distances.indexOf(Math.min(...distances));
}

/** Mean step between neighbours over the deviation of the whole, of the green channel. */
function relativeRoughness({ width, height, data }: DrawnImage): number {
  const at = (x: number, y: number): number => data[(y * width + x) * 3 + 1];
  const [values, steps]: [number[], number[]] = [[], []];
  for (let y = 1; y < height; y++) {
    for (let x = 1; x < width; x++) {
      values.push(at(x, y));
      steps.push(Math.abs(at(x, y) - at(x - 1, y)) + Math.abs(at(x, y) - at(x, y - 1)));
    }
  }
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return steps.reduce((sum, step) => sum + step, 0) / steps.length / deviation;
}
