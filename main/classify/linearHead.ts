import type { Tensors } from '../engine/execute/executor.ts';
import type { Tensor } from '../engine/graph/node.ts';
import type { Features } from '../training/knn.ts';
import type { Scores } from './metrics.ts';

/** A linear layer from features to classes: logits = features · weightᵀ + bias. */
export interface LinearHead {
  /** [classCount, featureCount], row-major. */
  readonly weight: Float64Array;
  /** [classCount]. */
  readonly bias: Float64Array;
}

/** Mean and what to multiply with, of each feature: standardised = (feature − mean) · scale. */
export interface Standardization {
  readonly mean: Float64Array;
  readonly scale: Float64Array;
}

/** Of the root mean square of all deviations: features that hardly vary are not blown up beyond this. */
const smallestDeviation = 0.1;

/**
 * Mean 0 and deviation 1 over the given rows. A deviation below a tenth of the features' root mean square counts as that
 * tenth: of a feature that happens to be all but constant in a few labelled images the deviation says nothing.
 */
export function standardize({ data, size }: Features, rows: Int32Array): Standardization {
  const mean = new Float64Array(size);
  const variance = new Float64Array(size);
  for (const row of rows) for (let j = 0; j < size; j++) mean[j] += data[row * size + j] / rows.length;
  for (const row of rows) {
    for (let j = 0; j < size; j++) variance[j] += (data[row * size + j] - mean[j]) ** 2 / rows.length;
  }
  const typical = Math.sqrt(variance.reduce((sum, value) => sum + value, 0) / size);
  const scale = variance.map((value) => {
    const deviation = Math.max(Math.sqrt(value), smallestDeviation * typical);
    return deviation > 0 ? 1 / deviation : 0;
  });
  return { mean, scale };
}

/** The head on raw features that gives exactly what `head` gives on standardised ones. */
export function foldStandardization(head: LinearHead, { mean, scale }: Standardization): LinearHead {
  const size = mean.length;
  const weight = head.weight.map((value, i) => value * scale[i % size]);
  const bias = head.bias.map((value, c) => {
    let shifted = value;
    for (let j = 0; j < size; j++) shifted -= weight[c * size + j] * mean[j];
    return shifted;
  });
  return { weight, bias };
}

/** Logits of each row of features. */
export function applyHead(
  { weight, bias }: LinearHead,
  { data, count, size }: Pick<Features, 'count' | 'size'> & { readonly data: ArrayLike<number> },
): Scores {
  const classCount = bias.length;
  const logits = new Float64Array(count * classCount);
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < classCount; c++) {
      let sum = bias[c];
      for (let j = 0; j < size; j++) sum += data[i * size + j] * weight[c * size + j];
      logits[i * classCount + c] = sum;
    }
  }
  return { data: logits, count, classCount };
}

/** The tensors `classifier.weight` [classCount, featureCount] and `classifier.bias` [classCount]. */
export function headTensors({ weight, bias }: LinearHead): Record<string, Tensor> {
  const shape = [bias.length, weight.length / bias.length];
  return {
    'classifier.weight': { dtype: 'float32', shape, data: Float32Array.from(weight) },
    'classifier.bias': { dtype: 'float32', shape: [bias.length], data: Float32Array.from(bias) },
  };
}

/** The inverse of `headTensors`. Errors when they are not among the tensors. */
export function headOf(weights: Tensors): LinearHead {
  const values = (name: string): Float64Array => {
    const tensor = weights[name];
    if (!tensor) throw new Error(`the weights lack "${name}"`);
    return Float64Array.from(tensor.data);
  };
  return { weight: values('classifier.weight'), bias: values('classifier.bias') };
}
