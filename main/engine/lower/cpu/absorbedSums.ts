import { graphNodes, isOp, type Graph } from '../../graph/graph.ts';
import { countUses } from '../../passes/rewriteGraph.ts';
import type { Node } from '../../graph/node.ts';
import { convSizes } from './convSizes.ts';
import { inputGradientForm, takesAddend, type InputGradientForm } from './inputGradient.ts';

/** A sum that a convolution computes on the way: gradient + other. */
export interface AbsorbedSum {
  readonly gradient: Node<'conv2dInputGradient'>;
  readonly other: Node;
  /** Of both: a gradient of 1×1 with stride 2 is added to that of 3×3 before it is spread over the pixels. */
  readonly kind: 'stride 1' | 'phases';
}

/**
 * The sums of which an operand is a convolution's gradient that nothing else reads, by node; where a block's input is
 * read twice its gradients meet so.
 */
export function absorbedSums(graph: Graph, block: number): Map<Node, AbsorbedSum> {
  const uses = countUses(graph);
  const formOf = (node: Node): InputGradientForm | undefined => {
    if (!isOp(node, 'conv2dInputGradient') || uses.get(node) !== 1) return undefined;
    const sizes = convSizes(node, block);
    if (!sizes) return undefined;
    const form = inputGradientForm(sizes);
    return form === 'stride 1' && !takesAddend(sizes) ? undefined : form;
  };
  const sums = new Map<Node, AbsorbedSum>();
  for (const node of graphNodes(graph)) {
    if (!isOp(node, 'add')) continue;
    const sum = absorbed(node, formOf);
    if (sum) sums.set(node, sum);
  }
  return sums;
}

function absorbed(
  node: Node<'add'>,
  formOf: (node: Node) => InputGradientForm | undefined,
): AbsorbedSum | undefined {
  const forms = node.inputs.map(formOf);
  if (forms.includes('phases') && forms.includes('one place')) {
    const place = forms.indexOf('phases');
    return sumOf(node, place, 'phases');
  }
  const place = forms.indexOf('stride 1');
  return place < 0 ? undefined : sumOf(node, place, 'stride 1');
}

function sumOf(node: Node<'add'>, place: number, kind: AbsorbedSum['kind']): AbsorbedSum | undefined {
  const [gradient, other] = [node.inputs[place], node.inputs[1 - place]];
  const sameSize = other.shape.every((dim, axis) => dim === node.shape[axis]) && other.shape.length === 4;
  return isOp(gradient, 'conv2dInputGradient') && sameSize ? { gradient, other, kind } : undefined;
}
