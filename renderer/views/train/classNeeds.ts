import type { ClassEvaluation } from '../../../shared/evaluation.ts';

export interface ClassNeed extends ClassEvaluation {
  /** Its place among the classifier's outputs. */
  readonly index: number;
  /** The class that it is most often taken for; null where it never is. */
  readonly takenFor: { readonly index: number; readonly images: number } | null;
}

/** The classes, those that are recognised worst first; those without images come last. */
export function classNeeds(
  perClass: readonly ClassEvaluation[],
  confusion: readonly (readonly number[])[],
): readonly ClassNeed[] {
  return perClass
    .map((each, index) => ({ ...each, index, takenFor: takenFor(confusion[index] ?? [], index) }))
    .toSorted((a, b) => (a.recall?.value ?? 2) - (b.recall?.value ?? 2) || b.n - a.n);
}

function takenFor(row: readonly number[], own: number): ClassNeed['takenFor'] {
  const [most] = row
    .map((images, index) => ({ index, images }))
    .filter(({ index, images }) => index !== own && images > 0)
    .toSorted((a, b) => b.images - a.images);
  return most ?? null;
}

/** How dark a cell of the confusion matrix is, 0 … 1: its share of the images of its class. */
export function cellShade(row: readonly number[], column: number): number {
  const images = row.reduce((sum, count) => sum + count, 0);
  const count = row[column] ?? 0;
  // What is there is always seen to be there.
  return count === 0 ? 0 : Math.max(0.08, count / images);
}

/** Where an arrow key leads in a matrix; null for other keys. */
export function cellAfter(
  key: string,
  [row, column]: readonly [row: number, column: number],
  size: number,
): readonly [row: number, column: number] | null {
  const held = (value: number): number => Math.max(0, Math.min(size - 1, value));
  const moves: Readonly<Record<string, readonly [number, number]>> = {
    ArrowUp: [held(row - 1), column],
    ArrowDown: [held(row + 1), column],
    ArrowLeft: [row, held(column - 1)],
    ArrowRight: [row, held(column + 1)],
    Home: [row, 0],
    End: [row, size - 1],
    PageUp: [0, column],
    PageDown: [size - 1, column],
  };
  return moves[key] ?? null;
}
