/**
 * The graph's vocabulary: one list of operations with their attributes, and the node that every part of the
 * engine reads. Nodes are immutable values that point at their inputs; a graph is whatever its outputs reach.
 *
 * A new operation is one name here and five rows: `graph/shapeRules`, `gradient/rules`, `lower/portable`,
 * `execute/reference` and `execute/tensorflow`. A missing row does not compile.
 */

/** `uint8` holds pixels, `int32` holds labels and row indices, everything else is `float32`. */
export type DType = 'float32' | 'int32' | 'uint8';

/** A size, or the name of a size that is known only when the graph runs (exported models: N, H, W). */
export type Dim = number | string;
export type Shape = readonly Dim[];

/** Values are row-major. `Float64Array` is what the reference executor computes `float32` tensors in. */
export type NumericArray = Float32Array | Float64Array | Int32Array | Uint8Array;

/** Concrete values, outside the graph. */
export interface Tensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: NumericArray;
}

/** Axes are counted from 0; no negative axes. */
export interface OpAttributes {
  // leaves
  feed: { readonly name: string };
  state: { readonly name: string };
  constant: { readonly value: Tensor };
  /** float32 [d] = 0, 1, … d−1, where d is the operand's size along `axis` (also a named one). */
  iota: { readonly axis: number };
  // one operand, element by element
  negate: object;
  exp: object;
  log: object;
  sqrt: object;
  tanh: object;
  relu: object;
  clamp: { readonly low: number; readonly high: number };
  /** 1 where x > 0, else 0. */
  step: object;
  cast: { readonly dtype: DType };
  /** The value itself, through which no gradient flows. */
  stopGradient: object;
  // two operands, broadcast as NumPy does
  add: object;
  subtract: object;
  multiply: object;
  divide: object;
  maximum: object;
  minimum: object;
  /** 1 where equal, else 0; both operands of the same dtype, the result float32. */
  equal: object;
  // reductions
  reduceSum: { readonly axes: readonly number[]; readonly keepDims: boolean };
  reduceMax: { readonly axes: readonly number[]; readonly keepDims: boolean };
  // movement
  reshape: { readonly shape: Shape };
  transpose: { readonly permutation: readonly number[] };
  broadcastTo: { readonly shape: Shape };
  /** One entry an axis; `ends` exclusive, `strides` positive. */
  slice: {
    readonly starts: readonly number[];
    readonly ends: readonly number[];
    readonly strides: readonly number[];
  };
  /** The gradient of `slice`: an array of zeros of `shape` with the operand written where the slice reads. */
  unslice: {
    readonly shape: readonly number[];
    readonly starts: readonly number[];
    readonly ends: readonly number[];
    readonly strides: readonly number[];
  };
  /** Zeros, one entry an axis. */
  pad: { readonly before: readonly number[]; readonly after: readonly number[] };
  concat: { readonly axis: number };
  /** (table [R, …], indices int32 [n]) → [n, …]. */
  gatherRows: object;
  /** (rows [n, …], indices int32 [n]) → [rowCount, …]: zeros, to which each row is added at its index. */
  scatterAddRows: { readonly rowCount: number };
  // products
  /** [.., m, k] · [.., k, n] → [.., m, n], after transposing the last two axes where asked; leading axes broadcast. */
  matmul: { readonly transposeA: boolean; readonly transposeB: boolean };
  /** (x [N, I, H, W], w [O, I/groups, kh, kw]) → [N, O, H', W'], cross-correlation, stride and zero padding on both axes. */
  conv2d: Conv2dAttributes;
  /** (g [N, O, H', W'], w [O, I/groups, kh, kw]) → [N, I, inputSize]: `conv2d`'s gradient with respect to x. */
  conv2dInputGradient: Conv2dAttributes & { readonly inputSize: readonly [number, number] };
  /** (x [N, I, H, W], g [N, O, H', W']) → [O, I/groups, kernelSize]: `conv2d`'s gradient with respect to w. */
  conv2dWeightGradient: Conv2dAttributes & { readonly kernelSize: readonly [number, number] };
  // images and channels (axis 1)
  maxPool2d: Pool2dAttributes;
  /** (x, y = maxPool2d(x), g) → x's shape; of equal maxima in a window the first in row-major order gets the gradient. */
  maxPool2dGradient: Pool2dAttributes;
  /** (x [N, C, …], scale [C], shift [C]) → scale·x + shift, a channel at a time. */
  channelAffine: object;
  /**
   * (x [N, C, …], scale [C], shift [C], addend of x's shape, which may be left out) → scale·x + shift + addend, and
   * where `relu` no less than 0. Made by passes (`passes/`) out of what the gradient is taken of: it has none itself.
   */
  fusedAffine: { readonly relu: boolean };
  /** (x [N, C, …], scale [C], shift [C]) → scale·(x − mean)/√(variance + ε) + shift; statistics of this batch, biased variance. */
  batchNorm: { readonly epsilon: number };
}

export interface Conv2dAttributes {
  readonly stride: number;
  readonly padding: number;
  /**
   * Channels in so many groups, each convolved by itself: w is then [O, I/groups, kh, kw], and output channels
   * o·groups/O … see those inputs that are in the same group. 1 where absent.
   */
  readonly groups?: number;
}

export interface Pool2dAttributes {
  readonly kernel: number;
  readonly stride: number;
  /** Padded places never win. */
  readonly padding: number;
}

export type Op = keyof OpAttributes;

/** One value of the graph. Identity is object identity; equal nodes may exist twice (lowerings merge them). */
export interface Node<O extends Op = Op> {
  readonly op: O;
  readonly inputs: readonly Node[];
  readonly attributes: OpAttributes[O];
  readonly shape: Shape;
  readonly dtype: DType;
}
