import type { Random } from '../../nn/random.ts';
import type { GridCell } from './recipe.ts';

/**
 * Replaces a crop (top, left, height and width in whole pixels in `into` from `at` on) by a random part of one cell of
 * a grid over it. The crop must lie within the image; so does what is written.
 * @param shared the same for all cells of an image: which cell is at which place
 * @param own of this cell alone: which part of it
 */
export function narrowToCell(
  { grid, place, share }: GridCell,
  { shared, own }: { readonly shared: Random; readonly own: Random },
  into: Float32Array,
  at: number,
): void {
  const cell = shared.permutation(grid * grid)[place];
  const numbers = [Math.floor(cell / grid), cell % grid];
  numbers.forEach((number, axis) => {
    const length = into[at + 2 + axis];
    const [start, end] = [number, number + 1].map((edge) => Math.round((edge * length) / grid));
    const part = Math.max(1, Math.round(share * (end - start)));
    const offset = start + own.integer(Math.max(1, end - start - part + 1));
    into[at + axis] += Math.min(offset, length - part);
    into[at + 2 + axis] = part;
  });
}
