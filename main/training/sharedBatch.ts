import { elementCount } from '../engine/graph/shape.ts';
import { viewFeedShapes } from '../ssl/views/viewFeeds.ts';
import type { Tensors } from '../engine/execute/executor.ts';
import type { DType, NumericArray, Tensor } from '../engine/graph/node.ts';
import type { ViewRecipe } from '../ssl/views/recipe.ts';

/** A tensor's type and shape by its feed's name. */
export type BatchShapes = Readonly<
  Record<string, { readonly dtype: DType; readonly shape: readonly number[] }>
>;

/** The feeds of a batch of N images in slots of M × M: `images` uint8 [N, 3, M, M], `indices` int32 [N], `view.*`. */
export function batchShapes(
  { batchSize, recipes }: { readonly batchSize: number; readonly recipes: readonly ViewRecipe[] },
  slotSize: number,
): BatchShapes {
  const views = recipes.flatMap((recipe, view) =>
    Object.entries(viewFeedShapes(recipe, batchSize)).map(
      ([name, shape]) => [`view.${view}.${name}`, { dtype: 'float32', shape }] as const,
    ),
  );
  return {
    images: { dtype: 'uint8', shape: [batchSize, 3, slotSize, slotSize] },
    indices: { dtype: 'int32', shape: [batchSize] },
    ...Object.fromEntries(views),
  };
}

/** Where tensors begin: at multiples of it, after one that holds the marks. */
const alignment = 64;
/** A batch is written in so many parts, by as many threads at most. */
export const partCount = 4;
const bytesOf = { uint8: 1, int32: 4, float32: 4 } as const;

/** Bytes of shared memory that a batch takes. */
export function batchBytes(shapes: BatchShapes): number {
  return Object.values(shapes).reduce((sum, tensor) => sum + alignedBytes(tensor), alignment);
}

/** A batch in memory that threads share. */
export interface SharedBatch {
  readonly memory: SharedArrayBuffer;
  /** On `memory`: written by the reading threads, read by the step as they are. */
  readonly tensors: Tensors;
  /** int32 [2] at the start of `memory`: what is taken (see `takePart`), and how many parts are not written yet. */
  readonly marks: Int32Array;
}

/** Looks at shared memory of `batchBytes`, in any thread. */
export function sharedBatch(
  shapes: BatchShapes,
  memory = new SharedArrayBuffer(batchBytes(shapes)),
): SharedBatch {
  let offset = alignment;
  const entries = Object.entries(shapes).map(([name, tensor]) => {
    const placed = tensorAt(memory, offset, tensor);
    offset += alignedBytes(tensor);
    return [name, placed] as const;
  });
  return { memory, tensors: Object.fromEntries(entries), marks: new Int32Array(memory, 0, 2) };
}

/** Lets threads write a step's batch. None may be writing to it still. */
export function armBatch({ marks }: SharedBatch, step: number): void {
  Atomics.store(marks, 1, partCount);
  Atomics.store(marks, 0, step * (partCount + 1));
}

/**
 * Takes a part of a step's batch, which no other thread then gets. The step and the parts taken of it are one number:
 * a thread that comes late, when the memory is another step's already, takes nothing.
 * @returns null when all are taken
 */
export function takePart({ marks }: SharedBatch, step: number): number | null {
  for (;;) {
    const taken = Atomics.load(marks, 0);
    const part = taken - step * (partCount + 1);
    if (part < 0 || part >= partCount) return null;
    if (Atomics.compareExchange(marks, 0, taken, taken + 1) === taken) return part;
  }
}

/** What the thread wrote is seen by all that see this. @returns whether it was the last part */
export function finishPart({ marks }: SharedBatch): boolean {
  return Atomics.sub(marks, 1, 1) === 1;
}

export function isWhole({ marks }: SharedBatch): boolean {
  return Atomics.load(marks, 1) === 0;
}

function alignedBytes({ dtype, shape }: BatchShapes[string]): number {
  return Math.ceil((bytesOf[dtype] * elementCount(shape)) / alignment) * alignment;
}

function tensorAt(memory: SharedArrayBuffer, offset: number, { dtype, shape }: BatchShapes[string]): Tensor {
  return { dtype, shape, data: valuesAt(memory, offset, dtype, elementCount(shape)) };
}

function valuesAt(memory: SharedArrayBuffer, offset: number, dtype: DType, count: number): NumericArray {
  switch (dtype) {
    case 'uint8':
      return new Uint8Array(memory, offset, count);
    case 'int32':
      return new Int32Array(memory, offset, count);
    case 'float32':
      return new Float32Array(memory, offset, count);
  }
}
