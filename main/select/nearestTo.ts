import { insertNearest, isAmongNearest } from '../../shared/nearestList.ts';
import type { NeighbourSlot } from '../../shared/selecting.ts';
import type { Rows } from './rowProducts.ts';

/** Keeps the k nearest rows to a few queries, of rows that come in portions. */
export interface NearestSearch {
  /** @param slots what row i is called */
  add(rows: Rows, slots: ArrayLike<number>): void;
  /** For each query, most alike first. */
  found(): readonly (readonly NeighbourSlot[])[];
}

/** @param queries few, of unit length, as all rows must be */
export function nearestTo(queries: Rows, k: number): NearestSearch {
  const lists = Array.from({ length: queries.count }, (): NeighbourSlot[] => []);
  return {
    add: (rows, slots) => {
      lists.forEach((list, query) => {
        for (let row = 0; row < rows.count; row++) {
          const cosine = dot(queries, query, rows, row);
          if (isAmongNearest(list, k, cosine)) insertNearest(list, k, { slot: slots[row], cosine });
        }
      });
    },
    found: () => lists,
  };
}

function dot(a: Rows, i: number, b: Rows, j: number): number {
  let sum = 0;
  for (let at = i * a.size, to = j * b.size, end = at + a.size; at < end; at++, to++)
    sum += a.data[at] * b.data[to];
  return sum;
}
