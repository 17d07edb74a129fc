import type { Node, Op } from '../../graph/node.ts';
import type { LoweringContext } from '../portable/context.ts';
import type { Layout, Value } from './layout.ts';

/** What a rule of the CPU lowering works with, beside the emitter. */
export interface CpuContext extends LoweringContext {
  /** b: channels that lie together. */
  readonly block: number;
  /** A node's value as it lies; lowers it if that has not been done. */
  value(node: Node): Value;
  /** A node's value in a layout, moved there if it lies in another. */
  as(node: Node, layout: Layout): string;
}

/** Emits a node's value; undefined where the node does not fit the layout and the portable rule is to be taken. */
export type CpuRule<O extends Op> = (node: Node<O>, context: CpuContext) => Value | undefined;
