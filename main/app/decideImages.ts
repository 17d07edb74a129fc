import type { Library } from '../library/client.ts';
import type { DuplicateChanges } from '../library/duplicates.ts';
import type { ImageId, RootId } from '../../shared/records.ts';

/** A write aims at so long: a label that is given meanwhile waits for one of them. */
const millisecondsAWrite = 15;
const [fewest, most] = [100, 20_000];
const hashBytes = 32;

/**
 * Does what follows an import: groups duplicates anew, holds `testRoots` out, and draws the held-out pool. What takes
 * long is computed by the reader, and written bit by bit; if this process dies in between, opening the project finishes
 * it.
 */
export async function decideImages(library: Library, testRoots: readonly RootId[] = []): Promise<void> {
  const { read, write } = library;
  await write.beginDecisions();
  await groupAnew(library);
  if (testRoots.length > 0) await write.holdOutRoots(testRoots);
  const { heldOut, training } = await read.planFollowers();
  const none = new Uint8Array();
  const follow = (contents: Uint8Array, hold: boolean): Promise<void> =>
    inPortions(contents.length / hashBytes, async (start, end) => {
      const part = contents.slice(start * hashBytes, end * hashBytes);
      await write.followDuplicates({ heldOut: hold ? part : none, training: hold ? none : part });
    });
  await follow(heldOut, true);
  await follow(training, false);
  await write.holdOut(await read.planHeldOut());
  let after: ImageId | null = 0 as ImageId;
  await inPortions(Infinity, async (start, end) => {
    after = after === null ? null : await write.trainOnRest(after, end - start);
    return after === null;
  });
  await write.endDecisions();
}

/** Finds the groups of duplicates anew. */
export async function groupAnew({ read, write }: Library): Promise<void> {
  const { ids, groupIds, exact } = await read.planDuplicates();
  await inPortions(ids.length, async (start, end) => {
    const part: DuplicateChanges = {
      ids: ids.slice(start, end),
      groupIds: groupIds.slice(start, end),
      exact: exact.slice(start, end),
    };
    await write.changeDuplicates(part);
  });
}

/** Calls `work` for portions of `count` things, about as many as it does in the time that a write may take. */
async function inPortions(
  count: number,
  work: (start: number, end: number) => Promise<boolean | void>,
): Promise<void> {
  let size = 500;
  for (let start = 0; start < count;) {
    const end = Math.min(count, start + size);
    const began = performance.now();
    if ((await work(start, end)) === true) return;
    const share = millisecondsAWrite / Math.max(1, performance.now() - began);
    size = Math.round(Math.min(most, Math.max(fewest, size * Math.min(2, share))));
    start = end;
  }
}
