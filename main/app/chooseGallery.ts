import type { SuggestionPool } from '../../shared/selecting.ts';
import type { Gallery } from '../../shared/trainingEvents.ts';

const mostImages = 2000;

/**
 * Images among which a running pretraining shows neighbours: training images at even distances, of duplicates one, the
 * first few of them the queries, which are spread over all of them.
 */
export function chooseGallery(pool: SuggestionPool, { queries = 6, k = 8 } = {}): Gallery {
  const seen = new Set<number>();
  const rows = [...pool.imageIds.keys()].filter((row) => {
    const isFirst = !seen.has(pool.groupIds[row]);
    seen.add(pool.groupIds[row]);
    return isFirst && pool.heldOut[row] === 0;
  });
  const chosen = evenly(rows, Math.min(mostImages, rows.length));
  const first = evenly(chosen, Math.min(queries, chosen.length));
  const asked = new Set(first);
  const ordered = [...first, ...chosen.filter((row) => !asked.has(row))];
  return {
    slots: ordered.map((row) => pool.slots[row]),
    images: ordered.map((row) => pool.imageIds[row]),
    queries: first.length,
    k: Math.min(k, Math.max(0, ordered.length - 1)),
  };
}

/** `count` of them at even distances, from the middle of the first stretch on. */
function evenly<T>(items: readonly T[], count: number): T[] {
  return Array.from({ length: count }, (_, i) => items[Math.floor(((i + 0.5) * items.length) / count)]);
}
