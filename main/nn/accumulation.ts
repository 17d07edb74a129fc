import { add, multiply, subtract } from '../engine/graph/ops.ts';
import { assign, buffer, type Scope, type Variable, type Variables } from './variables.ts';
import type { Node } from '../engine/graph/node.ts';

/** Several batches' gradients before one update. */
export interface Accumulation {
  /** k: batches an update. */
  readonly batches: number;
  /** One element: 1 in the last step of each k, 0 in the others. */
  readonly update: Node;
}

/**
 * The mean gradient over the batches since the last update, this one's included (at an update over all k of them).
 * The sum is a variable of the parameter's name in `scope`.
 */
export function accumulateGradient(
  scope: Scope,
  { name, shape }: Variable,
  gradient: Node,
  { batches, update }: Accumulation,
): Node {
  const sum = add(buffer(scope, name, shape, { kind: 'constant', value: 0 }), gradient);
  assign(scope, name, multiply(sum, subtract(1, update)));
  return multiply(sum, 1 / batches);
}

/**
 * Lets variables become what the step makes of them in steps that update only; in the others they stay as the step found
 * them, bit for bit.
 */
export function holdBetweenUpdates(
  { states, updates }: Variables,
  names: Iterable<string>,
  { update }: Accumulation,
): void {
  const hold = subtract(1, update);
  for (const name of names) {
    const [before, next] = [states.get(name), updates.get(name)];
    if (before && next) updates.set(name, add(multiply(next, update), multiply(before, hold)));
  }
}
