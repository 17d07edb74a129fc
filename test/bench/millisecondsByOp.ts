import type { ProfiledNode } from './nodesOfProfile.ts';

/** Milliseconds of one step by operator, most first. */
export function millisecondsByOp(nodes: readonly ProfiledNode[]): Readonly<Record<string, number>> {
  const sums = new Map<string, number>();
  for (const { op, milliseconds } of nodes) sums.set(op, (sums.get(op) ?? 0) + milliseconds);
  const sorted = [...sums].sort(([, a], [, b]) => b - a);
  return Object.fromEntries(sorted.map(([op, sum]) => [op, Math.round(sum * 10) / 10]));
}
