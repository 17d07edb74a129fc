import { join } from 'node:path';
import { genoiseError } from '../../shared/errors.ts';
import type { ReadOnlyLibrary } from '../library/client.ts';
import { runJob } from '../worker/host.ts';
import type { ImageId, RunId } from '../../shared/records.ts';

export interface NeighbourList {
  readonly query: ImageId;
  /** Most alike first; copies of the query itself left out. */
  readonly neighbours: readonly Neighbour[];
}

export interface Neighbour {
  readonly imageId: ImageId;
  /** Of the two embeddings, −1 … 1. */
  readonly cosine: number;
}

/**
 * The images that a run's encoder takes for most alike to each of a few. While a pretraining runs, its own `neighbours`
 * events say so.
 * @param run null: the newest embeddings
 * @throws no-embeddings; cannot-read, checkpoint-corrupted for damaged ones
 */
export async function findNeighbours(
  library: ReadOnlyLibrary,
  {
    run = null,
    images,
    k,
  }: { readonly run?: RunId | null; readonly images: readonly ImageId[]; readonly k: number },
  signal?: AbortSignal,
): Promise<readonly NeighbourList[]> {
  const { read } = library;
  const set = run === null ? await read.latestEmbeddings() : await read.getEmbeddings(run);
  if (set === null) throw genoiseError('no-embeddings', {});
  const asked = new Map((await read.listRows([...images])).map(({ id, slot }) => [id, slot]));
  const { rows } = await runJob(
    'neighbours',
    { embeddings: join(library.folder, set.path), queries: images.map((id) => asked.get(id) ?? -1), k },
    { onEvent: () => undefined, ...(signal && { signal }) },
  );
  const slots = [...new Set(rows.flat().map(({ slot }) => slot))];
  const firsts = await read.firstOfSlots(slots);
  const imageOf = new Map(slots.map((slot, i) => [slot, firsts[i]]));
  return images.map((query, i) => ({
    query,
    neighbours: rows[i].flatMap(({ slot, cosine }) => {
      const imageId = imageOf.get(slot) ?? null;
      return imageId === null ? [] : [{ imageId, cosine }];
    }),
  }));
}
