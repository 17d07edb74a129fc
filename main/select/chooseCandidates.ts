import type { ClassId } from '../../shared/records.ts';
import type { SuggestionPool } from '../../shared/selecting.ts';
import type { LabelledSlots } from '../../shared/trainingEvents.ts';

/** Rows of a pool that may be suggested, and what is known already. */
export interface Candidates {
  readonly candidates: Int32Array;
  /** Those that are held out. */
  readonly heldOut: Int32Array;
  /** Labelled images to learn from, by the number of their class in `classIds`; duplicates once. */
  readonly labelled: LabelledSlots;
}

/** Of each group of duplicates the first image; none of a group that has a label or an excluded image. */
export function chooseCandidates(
  pool: SuggestionPool,
  classIds: readonly ClassId[],
  exclude: ReadonlySet<number>,
): Candidates {
  const { imageIds, slots, heldOut, classIds: labels, groupIds } = pool;
  const numbers = new Map<number, number>(classIds.map((id, number) => [id, number]));
  // By the group's id; a set of a million numbers takes twenty times as long.
  const settled = new Uint8Array(groupIds.reduce((highest, id) => Math.max(highest, id), 0) + 1);
  const labelled = { slots: [] as number[], classes: [] as number[] };
  imageIds.forEach((id, row) => {
    if (labels[row] === 0 && !exclude.has(id)) return;
    const number = numbers.get(labels[row]);
    if (number !== undefined && heldOut[row] === 0 && settled[groupIds[row]] === 0) {
      labelled.slots.push(slots[row]);
      labelled.classes.push(number);
    }
    settled[groupIds[row]] = 1;
  });
  const open: [number[], number[]] = [[], []];
  imageIds.forEach((_, row) => {
    if (settled[groupIds[row]] === 1) return;
    settled[groupIds[row]] = 1;
    open[heldOut[row] === 0 ? 0 : 1].push(row);
  });
  return { candidates: Int32Array.from(open[0]), heldOut: Int32Array.from(open[1]), labelled };
}
