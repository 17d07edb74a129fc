import type { Op } from '../../graph/node.ts';
import type { KernelRows, TensorFlowKernel } from './kernel.ts';
import type { TensorFlow, TfTensor } from './tensorFlow.ts';
import { tfDType } from './transfer.ts';

export function elementwiseKernels(
  tf: TensorFlow,
): KernelRows<
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
> {
  return {
    negate: unary(tf.neg),
    exp: unary(tf.exp),
    log: unary(tf.log),
    sqrt: unary(tf.sqrt),
    tanh: unary(tf.tanh),
    relu: unary(tf.relu),
    clamp: ([x], { low, high }) => tf.clipByValue(x, low, high),
    step: ([x]) => tf.cast(tf.greater(x, 0), 'float32'),
    cast: ([x], { dtype }) => tf.cast(x, tfDType(dtype)),
    stopGradient: unary(tf.clone),

    add: binary(tf.add),
    subtract: binary(tf.sub),
    multiply: binary(tf.mul),
    divide: binary(tf.div),
    maximum: binary(tf.maximum),
    minimum: binary(tf.minimum),
    equal: ([a, b]) => tf.cast(tf.equal(a, b), 'float32'),
  };
}

function unary<O extends Op>(f: (x: TfTensor) => TfTensor): TensorFlowKernel<O> {
  return ([x]) => f(x);
}

function binary<O extends Op>(f: (a: TfTensor, b: TfTensor) => TfTensor): TensorFlowKernel<O> {
  return ([a, b]) => f(a, b);
}
