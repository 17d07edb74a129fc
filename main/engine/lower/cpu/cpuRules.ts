import { staticDim, staticShape } from '../../graph/shape.ts';
import type { LeafOp } from '../../graph/shapeRules.ts';
import type { Node, Op } from '../../graph/node.ts';
import { emitReduce } from '../portable/reduction.ts';
import { blockedAffine, broadcastPositions, isPositionSum, shiftOf, sumOfPositions } from './channels.ts';
import type { CpuContext, CpuRule } from './context.ts';
import { blockedConvolution } from './convolution.ts';
import { convSizes, type ConvSizes } from './convSizes.ts';
import { lowerElementwise } from './elementwise.ts';
import {
  gradientOfPlacesRead,
  inputGradientForm,
  phaseGradient,
  spreadGradient,
  strideOneGradient,
} from './inputGradient.ts';
import type { Value } from './layout.ts';
import { blockedMaxPool, blockedMaxPoolGradient, fitsPoolGradient } from './pooling.ts';
import { fitsWeightGradient, weightGradient } from './weightGradient.ts';

/** The ops that have a form in the blocked layout; all others run plain. */
export const cpuRules: { readonly [O in Exclude<Op, LeafOp>]?: CpuRule<O> } = {
  negate: lowerElementwise,
  exp: lowerElementwise,
  log: lowerElementwise,
  sqrt: lowerElementwise,
  tanh: lowerElementwise,
  relu: lowerElementwise,
  clamp: lowerElementwise,
  step: lowerElementwise,
  stopGradient: lowerElementwise,
  add: lowerElementwise,
  subtract: lowerElementwise,
  multiply: lowerElementwise,
  divide: lowerElementwise,
  maximum: lowerElementwise,
  minimum: lowerElementwise,
  equal: lowerElementwise,

  conv2d: (node, context) => {
    const sizes = convSizes(node, context.block);
    return sizes && lowerConvolution(node, sizes, context);
  },
  conv2dInputGradient: (node, context) => {
    const sizes = convSizes(node, context.block);
    return sizes && lowerInputGradient(node, sizes, context);
  },
  conv2dWeightGradient: (node, context) => {
    const sizes = convSizes(node, context.block);
    if (!sizes || !fitsWeightGradient(sizes)) return undefined;
    const [x, g] = node.inputs;
    const pixels = context.as(x, pixelLayout(sizes));
    return {
      name: weightGradient(context.onnx, pixels, context.as(g, 'blocked'), sizes),
      layout: 'kernel',
    };
  },

  maxPool2d: (node, context) => {
    const x = blockedOperand(node.inputs[0], context);
    return x === undefined ? undefined : blocked(blockedMaxPool(context.onnx, x, node));
  },
  maxPool2dGradient: (node, context) => {
    if (!blockedOperand(node.inputs[0], context) || !fitsPoolGradient(node)) return undefined;
    const operands = node.inputs.map((input) => context.as(input, 'blocked'));
    return blocked(blockedMaxPoolGradient(context.onnx, operands, node, context.block));
  },
  channelAffine: lowerAffine,
  fusedAffine: lowerAffine,

  reduceSum: (node, context) => {
    const [x] = node.inputs;
    const { axes, keepDims } = node.attributes;
    const { name, layout } = context.value(x);
    if (layout !== 'plain' && axes.length === x.shape.length)
      return { name: emitReduce(context.onnx, 'ReduceSum', name, axes, keepDims), layout: 'plain' };
    if (layout !== 'blocked' || !isPositionSum(axes)) return undefined;
    return { name: sumOfPositions(context.onnx, name, node), layout: 'plain' };
  },
  broadcastTo: (node, context) => {
    const [g] = node.inputs;
    const isPerChannel = g.shape.length === 4 && g.shape[2] === 1 && g.shape[3] === 1;
    if (!isPerChannel || !fitsBlocks(node, context.block) || g.shape[1] !== node.shape[1]) return undefined;
    if (g.shape[0] !== node.shape[0]) return undefined;
    const shape = staticShape(node.shape);
    return blocked(broadcastPositions(context.onnx, context.as(g, 'plain'), shape, context.block));
  },
  reshape: (node, context) => {
    // Groups of images whose channels become channels of one: whole blocks stay where they are.
    const [x] = node.inputs;
    const { name, layout } = context.value(x);
    if (layout !== 'blocked' || !fitsBlocks(node, context.block)) return undefined;
    if (x.shape[2] !== node.shape[2] || x.shape[3] !== node.shape[3]) return undefined;
    return blocked(context.onnx.emit('Reshape', [name, context.onnx.int64s(staticShape(node.shape))]));
  },
};

function blocked(name: string): Value {
  return { name, layout: 'blocked' };
}

/** Fewer channels than a block stay plain. */
function pixelLayout({ inputs, block }: ConvSizes): 'plain' | 'blocked' {
  return inputs % block === 0 ? 'blocked' : 'plain';
}

/** Whether a value could lie in blocks: images of whole blocks of channels, of known size. */
export function fitsBlocks({ shape, dtype }: Node, block: number): boolean {
  const known = shape.length === 4 && shape.every((dim) => typeof dim === 'number');
  return known && dtype === 'float32' && staticDim(shape, 1) % block === 0;
}

/** The operand if it lies in blocks. */
function blockedOperand(x: Node, context: CpuContext): string | undefined {
  const { name, layout } = context.value(x);
  return layout === 'blocked' ? name : undefined;
}

/** @param addend blocked, added to the result */
export function lowerConvolution(
  node: Node<'conv2d'>,
  sizes: ConvSizes,
  context: CpuContext,
  addend?: string,
): Value {
  const [x, w] = node.inputs;
  const [pixels, weights] = [context.as(x, pixelLayout(sizes)), context.as(w, 'kernel')];
  return blocked(blockedConvolution(context.onnx, pixels, weights, sizes, addend));
}

/** @param addend blocked, added to the result: of 3×3 with stride 2 to the pixels of even row and column */
export function lowerInputGradient(
  node: Node<'conv2dInputGradient'>,
  sizes: ConvSizes,
  context: CpuContext,
  addend?: string,
): Value | undefined {
  const form = inputGradientForm(sizes);
  if (form === undefined) return undefined;
  const { onnx } = context;
  const [g, w] = [context.as(node.inputs[0], 'blocked'), context.as(node.inputs[1], 'kernel')];
  if (form === 'stride 1') return blocked(strideOneGradient(onnx, g, w, sizes, addend));
  if (form === 'phases') return blocked(phaseGradient(onnx, g, w, sizes, addend));
  return blocked(spreadGradient(onnx, gradientOfPlacesRead(onnx, g, w, sizes), sizes));
}

function lowerAffine(
  node: Node<'channelAffine'> | Node<'fusedAffine'>,
  context: CpuContext,
): Value | undefined {
  const [x, scale, shift, addend] = node.inputs as readonly [Node, Node, Node, Node?];
  const pixels = blockedOperand(x, context);
  if (pixels === undefined) return undefined;
  const affine = {
    scale: context.as(scale, 'plain'),
    shift: shiftOf(shift, context.as(shift, 'plain')),
    addend: addend && context.as(addend, 'blocked'),
    relu: 'relu' in node.attributes && node.attributes.relu,
  };
  return blocked(blockedAffine(context.onnx, pixels, staticDim(x.shape, 1), affine));
}
