import { graphNodes, graphStates, isOp, type Graph } from '../../graph/graph.ts';
import { staticShape } from '../../graph/shape.ts';
import type { LeafOp } from '../../graph/shapeRules.ts';
import { fuse } from '../../passes/fuse.ts';
import type { Node, Op } from '../../graph/node.ts';
import type { ElementOrder, LoweredModel } from '../lowering.ts';
import { modelPorts, uniqueNames } from '../modelPorts.ts';
import { createEmitter, type OnnxEmitter } from '../onnx/emitter.ts';
import type { LoweringRule } from '../portable/context.ts';
import { portableRules } from '../portable/portableRules.ts';
import { sizesOf } from '../portable/sizes.ts';
import { absorbedSums, type AbsorbedSum } from './absorbedSums.ts';
import type { CpuContext, CpuRule } from './context.ts';
import { convSizes, isConv } from './convSizes.ts';
import { cpuRules, lowerInputGradient } from './cpuRules.ts';
import { gradientOfPlacesRead } from './inputGradient.ts';
import { kernelOrder } from './kernelOrder.ts';
import { kernelStates } from './kernelStates.ts';
import type { Layout, Value } from './layout.ts';
import { emitRelayout } from './relayout.ts';

/**
 * Writes a graph for ONNX Runtime's CPU provider: images and the weights of convolutions in its blocked layout, op by
 * op where sizes fit it, else as the portable lowering does. Fuses the graph first. Ports as `modelPorts` names them;
 * `orders` tells which states lie in blocks.
 * @param block b, channels that lie together on this machine: 8 or 16
 */
export function lowerCpu(given: Graph, block: number): LoweredModel {
  const graph = fuse(given);
  const { inputs, results, ...ports } = modelPorts(graph);
  const { outputs, updates } = ports;
  const onnx = createEmitter(uniqueNames([...inputs, ...results]));
  const inBlocks = kernelStates(graph, block);
  const { as, plain } = lowerNodes(graph, onnx, block, inBlocks);
  for (const [name, node] of Object.entries(graph.outputs))
    onnx.nameResult(as(node, 'plain'), outputs.get(name)?.name ?? name);
  for (const [name, node] of Object.entries(graph.updates)) {
    const value = as(node, inBlocks.has(name) ? 'kernel' : 'plain');
    onnx.nameResult(value, updates.get(name)?.name ?? name);
  }
  const model = onnx.encode(inputs, results);
  const orders = ordersOf(graph, inBlocks, block);
  // What ONNX Runtime fuses are plain convolutions with what comes after them.
  const isFinished = graphNodes(graph).some(isConv) && ![...plain].some(isConv);
  return { model, ...ports, orders, isFinished };
}

function ordersOf(graph: Graph, names: ReadonlySet<string>, block: number): Map<string, ElementOrder> {
  const kept = [...graphStates(graph)].filter(([name]) => names.has(name));
  return new Map(kept.map(([name, { shape }]) => [name, kernelOrder(staticShape(shape), block)]));
}

/**
 * Lowers every node of the graph in order. `as` is the way to have a node's value in a layout; `plain` are those that
 * have no form in blocks, or do not fit it.
 */
function lowerNodes(
  graph: Graph,
  onnx: OnnxEmitter,
  block: number,
  inBlocks: ReadonlySet<string>,
): { readonly as: CpuContext['as']; readonly plain: ReadonlySet<Node> } {
  const values = new Map<Node, Value>();
  const plain = new Set<Node>();
  const sums = absorbedSums(graph, block);
  const value = (node: Node): Value => {
    const known = values.get(node);
    if (known) return known;
    const inLayout = lowerNode(node, context, sums, inBlocks);
    if (!inLayout) plain.add(node);
    const lowered = inLayout ?? lowerPlain(node, context);
    values.set(node, lowered);
    return lowered;
  };
  const as = (node: Node, layout: Layout): string => {
    const { name, layout: from } = value(node);
    return from === layout
      ? name
      : emitRelayout(onnx, name, staticShape(node.shape), { from, to: layout, block });
  };
  const context: CpuContext = {
    ...{ onnx, block, value, as },
    lower: (node) => as(node, 'plain'),
    sizes: sizesOf(graph, onnx),
  };
  const postponed = new Set([...sums.values()].flatMap(partsOf));
  // In order, so that `value` never has far to go down by itself.
  for (const node of graphNodes(graph)) if (!postponed.has(node)) value(node);
  return { as, plain };
}

/** The nodes that are computed together with an absorbed sum. */
function partsOf({ gradient, other, kind }: AbsorbedSum): Node[] {
  return kind === 'phases' ? [gradient, other] : [gradient];
}

function lowerNode(
  node: Node,
  context: CpuContext,
  sums: ReadonlyMap<Node, AbsorbedSum>,
  inBlocks: ReadonlySet<string>,
): Value | undefined {
  if (isOp(node, 'feed')) return { name: node.attributes.name, layout: 'plain' };
  if (isOp(node, 'state')) {
    const { name } = node.attributes;
    return { name: `state:${name}`, layout: inBlocks.has(name) ? 'kernel' : 'plain' };
  }
  const sum = sums.get(node);
  const rule = cpuRules[node.op as Exclude<Op, LeafOp>] as CpuRule<Op> | undefined;
  return (sum && lowerSum(sum, context)) ?? rule?.(node, context);
}

function lowerSum({ gradient, other, kind }: AbsorbedSum, context: CpuContext): Value | undefined {
  const sizes = convSizes(gradient, context.block);
  if (!sizes) return undefined;
  const addend = kind === 'phases' ? placesRead(other, context) : context.as(other, 'blocked');
  return addend === undefined ? undefined : lowerInputGradient(gradient, sizes, context, addend);
}

/** The gradient of a 1×1 convolution with stride 2 before it is spread. */
function placesRead(node: Node, context: CpuContext): string | undefined {
  const sizes = isOp(node, 'conv2dInputGradient') ? convSizes(node, context.block) : undefined;
  if (!sizes) return undefined;
  const [g, w] = [context.as(node.inputs[0], 'blocked'), context.as(node.inputs[1], 'kernel')];
  return gradientOfPlacesRead(context.onnx, g, w, sizes);
}

function lowerPlain(node: Node, context: CpuContext): Value {
  const inputs = node.inputs.map((input) => context.as(input, 'plain'));
  const rule = portableRules[node.op as Exclude<Op, LeafOp>] as LoweringRule<Op>;
  return { name: rule(node, inputs, context), layout: 'plain' };
}
