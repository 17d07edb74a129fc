import type { StepShape } from './ourStep.ts';

export interface GpuSizes {
  readonly shapes: readonly StepShape[];
  /** Side of the matrices of the first ceiling. */
  readonly n: number;
  readonly megabytes: number;
  /** Of each part. */
  readonly seconds: number;
}

export interface GpuMeasure {
  readonly value: number | null;
  readonly unit: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface GpuRow extends Partial<GpuMeasure> {
  readonly side: 'ours' | 'PyTorch';
  readonly part: string;
  readonly error?: string;
}

/** For people, and to find a shape's rows. */
export function nameOf({ encoder, pairs, imageSize }: StepShape): string {
  return `${encoder} ${imageSize} px, ${pairs} × 2`;
}
