import { forEachIndex, offsetAt, zeros } from './indexing.ts';
import type { KernelRows, ReferenceKernel } from './kernel.ts';
import type { DType, NumericArray, Op } from '../../graph/node.ts';

export const elementwiseKernels: KernelRows<
  | 'negate'
  | 'exp'
  | 'log'
  | 'sqrt'
  | 'tanh'
  | 'relu'
  | 'clamp'
  | 'step'
  | 'cast'
  | 'stopGradient'
  | 'add'
  | 'subtract'
  | 'multiply'
  | 'divide'
  | 'maximum'
  | 'minimum'
  | 'equal'
> = {
  negate: unary((x) => -x),
  exp: unary(Math.exp),
  log: unary(Math.log),
  sqrt: unary(Math.sqrt),
  tanh: unary(Math.tanh),
  relu: unary((x) => Math.max(x, 0)),
  clamp: ([x], { low, high }) => Float64Array.from(x.data, (value) => Math.min(Math.max(value, low), high)),
  step: unary((x) => (x > 0 ? 1 : 0)),
  cast: ([x], { dtype }) => castTo(x.data, dtype),
  stopGradient: ([x]) => x.data.slice(),

  add: binary((a, b) => a + b),
  subtract: binary((a, b) => a - b),
  multiply: binary((a, b) => a * b),
  divide: binary((a, b) => a / b),
  maximum: binary((a, b) => Math.max(a, b)),
  minimum: binary((a, b) => Math.min(a, b)),
  equal: binary((a, b) => (a === b ? 1 : 0)),
};

function unary<O extends Op>(f: (x: number) => number): ReferenceKernel<O> {
  return ([x]) => Float64Array.from(x.data, (value) => f(value));
}

function binary<O extends Op>(f: (a: number, b: number) => number): ReferenceKernel<O> {
  return ([a, b], _, shape) => {
    const result = zeros('float32', shape);
    forEachIndex(shape, (index, offset) => {
      result[offset] = f(a.data[offsetAt(index, a.shape)], b.data[offsetAt(index, b.shape)]);
    });
    return result;
  };
}

/** To integers: towards zero. What does not fit into the integer is undefined, as in ONNX. */
function castTo(data: NumericArray, dtype: DType): NumericArray {
  switch (dtype) {
    case 'float32':
      return Float64Array.from(data);
    case 'int32':
      return Int32Array.from(data, Math.trunc);
    case 'uint8':
      return Uint8Array.from(data, Math.trunc);
  }
}
