import { describe, expect, it } from 'vitest';
import { randomStream, threefry2x32 } from '../../../main/nn/random.ts';

/** The known answers that come with Salmon et al.'s library, for 20 rounds. */
const knownAnswers = [
  { key: [0, 0], block: [0, 0], result: [0x6b200159, 0x99ba4efe] },
  {
    key: [0xffffffff, 0xffffffff],
    block: [0xffffffff, 0xffffffff],
    result: [0x1cb996fc, 0xbb002be7],
  },
  {
    key: [0x13198a2e, 0x03707344],
    block: [0x243f6a88, 0x85a308d3],
    result: [0xc4923a9c, 0x483df7a0],
  },
];

describe('threefry2x32', () => {
  it.each(knownAnswers)('gives the published answer for key $key', ({ key, block, result }) => {
    const words = Uint32Array.from(block);
    threefry2x32(Uint32Array.from(key), words);
    expect([...words]).toEqual(result);
  });
});

describe('randomStream', () => {
  const draw = (...keys: (number | string)[]): number => randomStream(...keys).uniform();

  it('gives the same numbers for the same keys', () => {
    const [a, b] = [randomStream(1, 'views', 7), randomStream(1, 'views', 7)];
    expect(Array.from({ length: 50 }, () => a.normal())).toEqual(
      Array.from({ length: 50 }, () => b.normal()),
    );
  });

  it('keeps its numbers from version to version, since resumed runs count on them', () => {
    const random = randomStream(42, 'order', 0);
    expect([random.uniform(), random.normal(), random.integer(1000)]).toEqual([
      0.8189476388823941, 2.5384738015881636, 144,
    ]);
    expect([...random.permutation(6)]).toEqual([4, 3, 1, 5, 2, 0]);
  });

  it('tells apart keys of another order, type, length and grouping', () => {
    const draws = [
      draw(),
      draw(1),
      draw('1'),
      draw(1, 2),
      draw(2, 1),
      draw(12),
      draw('12'),
      draw('1', '2'),
      draw('ab'),
      draw('a', 'b'),
      draw('ab', ''),
      draw(''),
      draw('a'),
      draw('a\0'),
      draw(0),
      draw(-1),
      draw(0.5),
      draw(2 ** 32),
      draw(2 ** 40),
    ];
    expect(new Set(draws).size).toBe(draws.length);
  });

  it('takes −0 for 0', () => expect(draw(-0)).toBe(draw(0)));

  it('draws uniform values with the moments of the uniform distribution', () => {
    const random = randomStream('uniform');
    const values = Array.from({ length: 20_000 }, () => random.uniform(-1, 3));
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-1);
    expect(Math.max(...values)).toBeLessThan(3);
    expect(moment(values, 1)).toBeCloseTo(1, 1);
    expect(moment(values, 2) - moment(values, 1) ** 2).toBeCloseTo(16 / 12, 1);
  });

  it('draws normal values with the moments and tails of the normal distribution', () => {
    const random = randomStream('normal');
    const values = Array.from({ length: 100_000 }, () => random.normal());
    // Five standard errors: √(1/n), √(2/n), √(15/n), √(96/n).
    expect(Math.abs(moment(values, 1))).toBeLessThan(0.016);
    expect(Math.abs(moment(values, 2) - 1)).toBeLessThan(0.023);
    expect(Math.abs(moment(values, 3))).toBeLessThan(0.062);
    expect(Math.abs(moment(values, 4) - 3)).toBeLessThan(0.16);
    const beyondTwo = values.filter((value) => Math.abs(value) > 2).length / values.length;
    expect(Math.abs(beyondTwo - 0.0455)).toBeLessThan(0.0033);
    expect(values.some((value) => Math.abs(value) > 3.5)).toBe(true);
  });

  it('draws every integer below the count about equally often', () => {
    const random = randomStream('integer');
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 7000; i++) counts[random.integer(7)]++;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  it('permutes, with every value at every place about equally often', () => {
    const random = randomStream('permutation');
    const places = Array.from({ length: 4 }, () => new Array<number>(4).fill(0));
    for (let i = 0; i < 4000; i++) {
      const order = random.permutation(4);
      expect([...order].sort()).toEqual([0, 1, 2, 3]);
      order.forEach((value, place) => places[place][value]++);
    }
    for (const count of places.flat()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  it('permutes nothing and one', () => {
    expect([...randomStream(0).permutation(0)]).toEqual([]);
    expect([...randomStream(0).permutation(1)]).toEqual([0]);
  });
});

function moment(values: readonly number[], order: number): number {
  return values.reduce((sum, value) => sum + value ** order, 0) / values.length;
}
