import { sameShape } from '../../graph/shape.ts';
import type { LeafOp } from '../../graph/shapeRules.ts';
import type { Node, Op } from '../../graph/node.ts';
import type { LoweringRule } from '../portable/context.ts';
import { portableRules } from '../portable/portableRules.ts';
import type { CpuContext } from './context.ts';
import type { Layout, Value } from './layout.ts';

/**
 * Ops that treat all elements alike run in the layout of their operands: of two that lie differently, in the one that
 * is not plain. An operand of one element goes with any layout; other broadcasting is left to the plain layout.
 */
export function lowerElementwise(node: Node, context: CpuContext): Value | undefined {
  const isSingle = (input: Node): boolean => input.shape.every((dim) => dim === 1);
  const full = node.inputs.filter((input) => !isSingle(input));
  if (full.length === 0 || !full.every((input) => sameShape(input.shape, node.shape))) return undefined;
  const layouts = full.map((input) => context.value(input).layout);
  const layout: Layout = layouts.find((candidate) => candidate !== 'plain') ?? 'plain';
  if (layout === 'plain') return undefined;
  const names = node.inputs.map((input) => context.as(input, isSingle(input) ? 'plain' : layout));
  const rule = portableRules[node.op as Exclude<Op, LeafOp>] as LoweringRule<Op>;
  return { name: rule(node, names, context), layout };
}
