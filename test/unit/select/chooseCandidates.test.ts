import { describe, expect, it } from 'vitest';
import { chooseCandidates } from '../../../main/select/chooseCandidates.ts';
import type { ClassId } from '../../../shared/records.ts';
import type { SuggestionPool } from '../../../shared/selecting.ts';

/** Columns: id, slot, held out, class (0: none), group of duplicates. */
function poolOf(rows: readonly (readonly [number, number, number, number, number])[]): SuggestionPool {
  const column = (i: number): Int32Array => Int32Array.from(rows, (row) => row[i]);
  return {
    imageIds: column(0),
    slots: column(1),
    heldOut: Uint8Array.from(rows, (row) => row[2]),
    classIds: column(3),
    groupIds: column(4),
  };
}

const classIds = [7, 9] as ClassId[];

describe('chooseCandidates', () => {
  it('takes the unlabelled rows, held-out ones apart, and numbers the labels by their classes', () => {
    const pool = poolOf([
      [11, 0, 0, 0, 11],
      [12, 1, 1, 0, 12],
      [13, 2, 0, 9, 13],
      [14, 3, 0, 7, 14],
    ]);
    expect(chooseCandidates(pool, classIds, new Set())).toEqual({
      candidates: Int32Array.of(0),
      heldOut: Int32Array.of(1),
      labelled: { slots: [2, 3], classes: [1, 0] },
    });
  });

  it('asks about one of a group of duplicates, and about none that has a label or an excluded image', () => {
    const pool = poolOf([
      [11, 0, 0, 0, 11],
      [12, 1, 0, 0, 11],
      [13, 2, 0, 0, 13],
      [14, 3, 0, 7, 13],
      [15, 4, 0, 0, 15],
      [16, 5, 0, 0, 15],
    ]);
    const { candidates, labelled } = chooseCandidates(pool, classIds, new Set([16]));
    expect([...candidates]).toEqual([0]);
    expect(labelled.slots).toEqual([3]);
  });

  it('learns from duplicates once, and from no label of the held-out pool', () => {
    const pool = poolOf([
      [11, 0, 0, 7, 11],
      [12, 1, 0, 7, 11],
      [13, 2, 1, 9, 13],
    ]);
    expect(chooseCandidates(pool, classIds, new Set()).labelled).toEqual({ slots: [0], classes: [0] });
  });
});
