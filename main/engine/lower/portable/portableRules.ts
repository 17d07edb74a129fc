import type { LeafOp } from '../../graph/shapeRules.ts';
import type { DType, Op } from '../../graph/node.ts';
import { onnxDataType } from '../onnx/dataType.ts';
import type { OnnxEmitter } from '../onnx/emitter.ts';
import { broadcasting } from './broadcasting.ts';
import { lowerBatchNorm, lowerChannelAffine, lowerFusedAffine } from './channels.ts';
import { lowerConstant } from './constants.ts';
import type { LoweringRule } from './context.ts';
import { lowerConv2d, lowerInputGradient } from './convolution.ts';
import {
  broadcastTo,
  emitPad,
  emitTranspose,
  lowerIota,
  lowerSlice,
  lowerUnslice,
  reshapeTo,
} from './movement.ts';
import { lowerMaxPool2d, lowerMaxPool2dGradient } from './pooling.ts';
import { lowerMatmul } from './products.ts';
import { emitReduce, lowerReduceSum } from './reduction.ts';
import { lowerScatterAddRows } from './rows.ts';
import { lowerWeightGradient } from './weightGradient.ts';

/** Every op in standard ONNX, in forms that ONNX Runtime runs on the CPU and on WebGPU, fast on the CPU. */
export const portableRules: { readonly [O in Exclude<Op, LeafOp>]: LoweringRule<O> } = {
  constant: (node, _inputs, { onnx }) => lowerConstant(node.attributes.value, onnx),
  iota: (node, [x], { onnx }) => lowerIota(node, onnx, x),

  negate: direct('Neg'),
  exp: direct('Exp'),
  log: direct('Log'),
  sqrt: direct('Sqrt'),
  tanh: direct('Tanh'),
  relu: direct('Relu'),
  clamp: ({ attributes: { low, high } }, [x], { onnx }) =>
    onnx.emit('Clip', [x, onnx.float(low), onnx.float(high)]),
  // max(0, min(1, 10³⁰·x)): exact but for 0 < x < 10⁻³⁰, and several times as fast as a comparison on the CPU.
  step: (_node, [x], { onnx }) =>
    onnx.emit('HardSigmoid', [x], { alpha: { float: 1e30 }, beta: { float: 0 } }),
  cast: ({ attributes }, [x], { onnx }) => emitCast(onnx, x, attributes.dtype),
  stopGradient: (_node, [x]) => x,

  add: broadcasting('Add'),
  subtract: broadcasting('Sub'),
  multiply: broadcasting('Mul'),
  divide: broadcasting('Div'),
  maximum: broadcasting('Max'),
  minimum: broadcasting('Min'),
  equal: (node, inputs, { onnx }) => {
    // WebGPU does not compare uint8.
    const comparable =
      node.inputs[0].dtype === 'uint8' ? inputs.map((x) => emitCast(onnx, x, 'int32')) : inputs;
    return emitCast(onnx, onnx.emit('Equal', comparable), 'float32');
  },

  reduceSum: (node, [x], context) => lowerReduceSum(node, x, context),
  reduceMax: ({ attributes: { axes, keepDims } }, [x], { onnx }) =>
    emitReduce(onnx, 'ReduceMax', x, axes, keepDims),

  reshape: (node, [x], context) => reshapeTo(context, x, node.inputs[0].shape, node.shape),
  transpose: ({ attributes }, [x], { onnx }) => emitTranspose(onnx, x, attributes.permutation),
  broadcastTo: (node, [x], context) => broadcastTo(context, x, node.inputs[0].shape, node.shape),
  slice: (node, [x], { onnx }) => lowerSlice(node, x, onnx),
  unslice: (node, [g], { onnx }) => lowerUnslice(node, g, onnx),
  pad: ({ attributes: { before, after } }, [x], { onnx }) => emitPad(onnx, x, before, after),
  concat: ({ attributes: { axis } }, inputs, { onnx }) =>
    inputs.length === 1 ? inputs[0] : onnx.emit('Concat', inputs, { axis: { int: axis } }),
  gatherRows: (_node, inputs, { onnx }) => onnx.emit('Gather', inputs, { axis: { int: 0 } }),
  scatterAddRows: (node, [rows, indices], context) => lowerScatterAddRows(node, rows, indices, context),

  matmul: (node, [a, b], { onnx }) => lowerMatmul(node, a, b, onnx),
  conv2d: (node, [x, w], { onnx }) => lowerConv2d(node, x, w, onnx),
  conv2dInputGradient: (node, [g, w], { onnx }) => lowerInputGradient(node, g, w, onnx),
  conv2dWeightGradient: (node, [x, g], { onnx }) => lowerWeightGradient(node, x, g, onnx),

  maxPool2d: (node, [x], { onnx }) => lowerMaxPool2d(node, x, onnx),
  maxPool2dGradient: lowerMaxPool2dGradient,
  channelAffine: lowerChannelAffine,
  fusedAffine: (node, _inputs, context) => lowerFusedAffine(node, context),
  batchNorm: (node, _inputs, context) => lowerBatchNorm(node, context),
};

/** An op that ONNX has as it is. */
function direct(opType: string): LoweringRule<Op> {
  return (_node, inputs, { onnx }) => onnx.emit(opType, inputs);
}

function emitCast(onnx: OnnxEmitter, x: string, dtype: DType): string {
  return onnx.emit('Cast', [x], { to: { int: onnxDataType[dtype] } });
}
