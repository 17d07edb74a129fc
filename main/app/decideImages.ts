import { genoiseError } from '../../shared/errors.ts';
import { jobNouns } from '../../shared/jobs.ts';
import type { Library } from '../library/client.ts';
import type { DuplicateChanges } from '../library/duplicates.ts';
import type { ImageId, RootId } from '../../shared/records.ts';

/** A write aims at so long: a label that is given meanwhile waits for one of them. */
const millisecondsAWrite = 15;
const [fewest, most] = [100, 20_000];
const hashBytes = 32;

/**
 * Does what follows an import: groups duplicates anew, holds `testRoots` out, and draws the held-out pool. What takes
 * long is computed by the reader, and written bit by bit; if it breaks off in between, `finishDecisions` goes on.
 * @throws cancelled
 */
export async function decideImages(
  library: Library,
  testRoots: readonly RootId[] = [],
  signal?: AbortSignal,
): Promise<void> {
  const { read, write } = library;
  await write.beginDecisions(testRoots);
  await groupAnew(library, signal);
  await follow(library, signal);
  const roots = await read.listTestRoots();
  if (roots.length > 0) {
    await throughUndecided((after, count) => write.holdOutRoots(roots, after, count), signal);
    await follow(library, signal);
  }
  await write.holdOut(await read.planHeldOut());
  await throughUndecided(write.trainOnRest, signal);
  await write.endDecisions();
}

/** Does what an import that was cut off, or one that could not write to its end, has left to be decided. */
export async function finishDecisions(library: Library, signal?: AbortSignal): Promise<void> {
  if ((await library.read.openDecisions()) !== null) await decideImages(library, [], signal);
}

/** Finds the groups of duplicates anew. */
export async function groupAnew({ read, write }: Library, signal?: AbortSignal): Promise<void> {
  const { ids, groupIds, exact } = await read.planDuplicates();
  const change = async (start: number, end: number): Promise<void> => {
    const part: DuplicateChanges = {
      ids: ids.slice(start, end),
      groupIds: groupIds.slice(start, end),
      exact: exact.slice(start, end),
    };
    await write.changeDuplicates(part);
  };
  await inPortions(ids.length, change, signal);
}

/** Puts images where a near duplicate of theirs is. */
async function follow({ read, write }: Library, signal: AbortSignal | undefined): Promise<void> {
  const { heldOut, training } = await read.planFollowers();
  const none = new Uint8Array();
  for (const contents of [heldOut, training]) {
    const put = async (start: number, end: number): Promise<void> => {
      const part = contents.slice(start * hashBytes, end * hashBytes);
      const isHeldOut = contents === heldOut;
      await write.followDuplicates({ heldOut: isHeldOut ? part : none, training: isHeldOut ? none : part });
    };
    await inPortions(contents.length / hashBytes, put, signal);
  }
}

/** @param work decides about up to `count` images after one @returns the last of them; null when none was left */
async function throughUndecided(
  work: (after: ImageId, count: number) => Promise<ImageId | null>,
  signal: AbortSignal | undefined,
): Promise<void> {
  let after: ImageId | null = 0 as ImageId;
  const next = async (start: number, end: number): Promise<boolean> => {
    after = after === null ? null : await work(after, end - start);
    return after === null;
  };
  await inPortions(Infinity, next, signal);
}

/** Calls `work` for portions of `count` things, about as many as it does in the time that a write may take. */
async function inPortions(
  count: number,
  work: (start: number, end: number) => Promise<boolean | void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  let size = 500;
  for (let start = 0; start < count;) {
    if (signal?.aborted === true) throw genoiseError('cancelled', { job: jobNouns.import });
    const end = Math.min(count, start + size);
    const began = performance.now();
    if ((await work(start, end)) === true) return;
    const share = millisecondsAWrite / Math.max(1, performance.now() - began);
    size = Math.round(Math.min(most, Math.max(fewest, size * Math.min(2, share))));
    start = end;
  }
}
