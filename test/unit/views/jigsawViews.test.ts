import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../main/nn/random.ts';
import { jigsawCells, jigsawViews } from '../../../main/ssl/views/jigsawViews.ts';
import { multiCropViews } from '../../../main/ssl/views/multiCropViews.ts';
import { sampleViewParameters } from '../../../main/ssl/views/sampleView.ts';
import type { ViewRecipe } from '../../../main/ssl/views/recipe.ts';

const pieces = (size: number): readonly ViewRecipe[] => jigsawViews('small', size).slice(1);

interface Piece {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
  readonly flips: number;
}

/** The pieces of one image in the order of their views. */
function drawPuzzle(
  recipes: readonly ViewRecipe[],
  [height, width]: readonly number[],
  seed: number,
): Piece[] {
  return recipes.map((recipe, view) => {
    const { geometry } = sampleViewParameters(
      recipe,
      Int32Array.of(height, width),
      () => randomStream(seed, view),
      () => randomStream(seed, 'all'),
    );
    const [top, left, high, wide, flips] = geometry;
    return { top, left, height: high, width: wide, flips };
  });
}

describe('the views of a puzzle', () => {
  it('are the published sizes, and in proportion at others', () => {
    expect(jigsawViews('large', 224).map(({ size }) => size)).toEqual([224, ...pieces9(64)]);
    expect(jigsawViews('small', 32).map(({ size }) => size)).toEqual([32, ...pieces9(12)]);
  });

  it('are nine cells that do not overlap, all flipped alike, in an order that changes', () => {
    const orders = new Set<string>();
    for (let seed = 0; seed < 20; seed++) {
      const puzzle = drawPuzzle(pieces(32), [32, 30], seed);
      expect(new Set(puzzle.map(({ flips }) => flips)).size).toBe(1);
      puzzle.forEach((a, i) =>
        puzzle.slice(i + 1).forEach((b) => {
          const apart = (start: 'top' | 'left', length: 'height' | 'width'): boolean =>
            a[start] + a[length] <= b[start] || b[start] + b[length] <= a[start];
          expect(apart('top', 'height') || apart('left', 'width'), `seed ${seed}`).toBe(true);
        }),
      );
      const first = puzzle[0];
      orders.add(`${Math.floor(first.top / 10)} ${Math.floor(first.left / 10)}`);
    }
    expect(orders.size).toBeGreaterThan(3);
  });

  it.each([
    [1, 1],
    [2, 5],
    [3, 32],
    [200, 7],
  ])('lie within an image of %d × %d', (height, width) => {
    for (let seed = 0; seed < 10; seed++) {
      for (const piece of drawPuzzle(pieces(32), [height, width], seed)) {
        expect(Math.min(piece.top, piece.left)).toBeGreaterThanOrEqual(0);
        expect(Math.min(piece.height, piece.width)).toBeGreaterThanOrEqual(1);
        expect(piece.top + piece.height).toBeLessThanOrEqual(height);
        expect(piece.left + piece.width).toBeLessThanOrEqual(width);
      }
    }
  });

  it('leave a gap between pieces: each is about three quarters of its cell', () => {
    const whole = pieces(32).map((recipe): ViewRecipe => ({
      ...recipe,
      cropScale: [1, 1],
      cropRatio: [1, 1],
    }));
    for (const { height, width } of drawPuzzle(whole, [90, 90], 1)) {
      expect([height, width]).toEqual([23, 23]);
    }
    expect(whole).toHaveLength(jigsawCells);
  });
});

describe('the views of multi-crop', () => {
  it('are the published sizes and parts', () => {
    const large = multiCropViews('large', 224, 6);
    expect(large.map(({ size }) => size)).toEqual([224, 224, 96, 96, 96, 96, 96, 96]);
    expect(large.map(({ cropScale }) => cropScale[1])).toEqual([1, 1, ...new Array<number>(6).fill(0.14)]);
    expect(multiCropViews('small', 32, 4).map(({ size }) => size)).toEqual([32, 32, 18, 18, 18, 18]);
    const whole = multiCropViews('small', 32, 0);
    expect(whole.map(({ cropScale }) => cropScale)).toEqual([
      [0.2, 1],
      [0.2, 1],
    ]);
  });
});

function pieces9(size: number): number[] {
  return new Array<number>(jigsawCells).fill(size);
}
