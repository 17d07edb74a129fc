import type { Tensors } from '../../main/engine/execute/executor.ts';

/** The values of tensors by name, copied. */
export function valuesOf(tensors: Tensors): Readonly<Record<string, readonly number[]>> {
  return Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, [...data]]));
}
