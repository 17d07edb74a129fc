import { graphNodes, isOp, type Graph } from '../../graph/graph.ts';
import type { LeafOp } from '../../graph/shapeRules.ts';
import type { Node, Op } from '../../graph/node.ts';
import { createEmitter, type ModelText, type OnnxEmitter } from '../onnx/emitter.ts';
import type { LoweredModel, ModelValue } from '../lowering.ts';
import { modelPorts, uniqueNames } from '../modelPorts.ts';
import type { LoweringContext, LoweringRule } from './context.ts';
import { portableRules } from './portableRules.ts';
import { sizesOf } from './sizes.ts';

/**
 * Writes a graph in standard ONNX (opset 20), every node of it placeable on ONNX Runtime's WebGPU provider as
 * well as on its CPU one, except where a named dimension's size has to be computed. Feeds and outputs keep their
 * names, named dimensions become `dim_param`; a state `w` is the input `state:w`, its update the output `update:w`.
 * Errors: a feed and an output of the same name.
 */
export function lowerPortable(graph: Graph, text?: ModelText): LoweredModel {
  const { inputs, results, ...ports } = modelPorts(graph);
  const { outputs, updates } = ports;
  const onnx = createEmitter(uniqueNames([...inputs, ...results]));
  const lower = lowerNodes(graph, onnx);
  for (const [name, node] of Object.entries(graph.outputs)) emitResult(onnx, lower(node), outputs, name);
  for (const [name, node] of Object.entries(graph.updates)) emitResult(onnx, lower(node), updates, name);
  return { model: onnx.encode(inputs, results, text), ...ports };
}

/** Lowers every node of the graph in order; returns the way to look up (or add) a node's value. */
function lowerNodes(graph: Graph, onnx: OnnxEmitter): (node: Node) => string {
  const values = new Map<Node, string>();
  const lower = (node: Node): string => {
    const known = values.get(node);
    if (known !== undefined) return known;
    const name = lowerNode(node, node.inputs.map(lower), context);
    values.set(node, name);
    return name;
  };
  const context: LoweringContext = { onnx, lower, sizes: sizesOf(graph, onnx) };
  // In order, so that `lower` never has far to go down by itself.
  for (const node of graphNodes(graph)) lower(node);
  return lower;
}

function lowerNode(node: Node, inputs: readonly string[], context: LoweringContext): string {
  if (isOp(node, 'feed')) return node.attributes.name;
  if (isOp(node, 'state')) return `state:${node.attributes.name}`;
  const rule = portableRules[node.op as Exclude<Op, LeafOp>] as LoweringRule<Op>;
  return rule(node, inputs, context);
}

function emitResult(
  onnx: OnnxEmitter,
  value: string,
  results: ReadonlyMap<string, ModelValue>,
  name: string,
): void {
  onnx.emitNamed('Identity', [value], results.get(name)?.name ?? name);
}
