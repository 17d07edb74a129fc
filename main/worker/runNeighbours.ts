import { readEmbeddedSlots, readUnitRows } from '../training/embeddingsFile.ts';
import { nearestTo } from '../select/nearestTo.ts';
import type { NeighboursRequest, NeighboursResult } from '../../shared/selecting.ts';

/** Images that the encoder takes for alike. @throws cannot-read, checkpoint-corrupted */
export function runNeighbours({ embeddings, queries, k }: NeighboursRequest): Promise<NeighboursResult> {
  const slots = readEmbeddedSlots(embeddings);
  const asked = readUnitRows(embeddings, queries);
  const search = nearestTo(asked, k + 1);
  // In portions: all vectors of a large project would not fit into memory.
  const portion = 20_000;
  for (let first = 0; first < slots.length; first += portion) {
    const part = slots.subarray(first, first + portion);
    search.add(readUnitRows(embeddings, part), part);
  }
  const rows = search
    .found()
    .map((found, query) =>
      asked.present[query] === 0 ? [] : found.filter(({ slot }) => slot !== queries[query]).slice(0, k),
    );
  return Promise.resolve({ rows });
}
