import { topologicalOrder } from '../graph/graph.ts';
import { add, constant, full } from '../graph/ops.ts';
import { formatShape, sameShape, staticShape } from '../graph/shape.ts';
import { gradientRules } from './rules.ts';
import type { Node } from '../graph/node.ts';

/**
 * Reverse-mode differentiation, graph to graph.
 * @param loss a node of one element
 * @param parameters nodes to differentiate by
 * @returns ∂loss/∂parameter, one node for each parameter in order, of its shape; zeros where loss does not depend on it
 */
export function gradients(loss: Node, parameters: readonly Node[]): Node[] {
  if (loss.shape.some((dim) => dim !== 1)) {
    throw new Error(`gradients need a loss of one element, got ${formatShape(loss.shape)}`);
  }
  const relevant = nodesDependingOn(loss, parameters);
  const cotangents = new Map<Node, Node>([[loss, full(1, staticShape(loss.shape))]]);
  for (const node of topologicalOrder([loss]).reverse()) {
    const g = cotangents.get(node);
    if (g && relevant.has(node)) propagate(node, g, relevant, cotangents);
  }
  return parameters.map((parameter) => cotangents.get(parameter) ?? zerosLike(parameter));
}

/** The nodes of loss' graph through which at least one of `parameters` is reached. */
function nodesDependingOn(loss: Node, parameters: readonly Node[]): Set<Node> {
  const relevant = new Set<Node>(parameters);
  for (const node of topologicalOrder([loss])) {
    const blocked = gradientRules[node.op] === 'zero';
    if (!blocked && node.inputs.some((input) => relevant.has(input))) relevant.add(node);
  }
  return relevant;
}

function propagate(node: Node, g: Node, relevant: ReadonlySet<Node>, cotangents: Map<Node, Node>): void {
  const rule = gradientRules[node.op] as ((g: Node, y: Node) => readonly (Node | null)[]) | string;
  if (rule === 'not differentiable') throw new Error(`${node.op} has no gradient rule`);
  if (typeof rule === 'string') return;
  rule(g, node).forEach((contribution, index) => {
    const input = node.inputs[index];
    if (!contribution || !input || !relevant.has(input)) return;
    if (!sameShape(contribution.shape, input.shape)) {
      throw new Error(
        `gradient of ${node.op}: ${formatShape(contribution.shape)} for ${formatShape(input.shape)}`,
      );
    }
    const sum = cotangents.get(input);
    cotangents.set(input, sum ? add(sum, contribution) : contribution);
  });
}

function zerosLike(parameter: Node): Node {
  const shape = staticShape(parameter.shape);
  return constant(new Float32Array(shape.reduce((product, dim) => product * dim, 1)), shape);
}
