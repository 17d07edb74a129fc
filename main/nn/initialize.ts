import { elementCount } from '../engine/graph/shape.ts';
import { randomStream, type Random } from './random.ts';
import type { DType, NumericArray, Tensor } from '../engine/graph/node.ts';
import type { Initializer, Variable, Variables } from './variables.ts';

/**
 * The first value of every declared variable. Each depends on the seed and on the variable's own name, not on
 * what else is declared nor in which order. Variables that copy another get a copy of their own.
 * Errors: a copy of a variable that is not declared, or of itself.
 * @param given values that are not drawn, by name, of the variables' types and shapes
 */
export function initialState(
  variables: Variables,
  seed: number,
  given: Readonly<Record<string, Tensor>> = {},
): Record<string, Tensor> {
  const drawn = new Map(Object.entries(given).map(([name, { data }]) => [name, data]));
  const state: Record<string, Tensor> = {};
  for (const { name, shape, dtype } of variables.declared.values()) {
    const source = resolveCopies(variables, name);
    const values = drawn.get(source.name) ?? draw(source, seed);
    state[name] = { dtype, shape, data: drawn.has(source.name) ? values.slice() : values };
    drawn.set(source.name, values);
  }
  return state;
}

function draw({ name, shape, dtype, initializer }: Variable, seed: number): NumericArray {
  const data = emptyArray(dtype, elementCount(shape));
  fill(data, shape, initializer, randomStream(seed, 'initialize', name));
  return data;
}

/** The variable at the end of a chain of copies. */
function resolveCopies(variables: Variables, name: string): Variable {
  const passed = new Set<string>();
  for (let current = name; ;) {
    const variable = variables.declared.get(current);
    if (!variable) throw new Error(`"${name}" copies "${current}", which is not declared`);
    if (variable.initializer.kind !== 'copy') return variable;
    passed.add(current);
    current = variable.initializer.of;
    if (passed.has(current)) throw new Error(`"${name}" copies itself`);
  }
}

function fill(data: NumericArray, shape: readonly number[], initializer: Initializer, random: Random): void {
  switch (initializer.kind) {
    case 'constant':
      data.fill(initializer.value);
      return;
    case 'normal':
      for (let i = 0; i < data.length; i++) data[i] = initializer.deviation * random.normal();
      return;
    case 'uniform': {
      const { bound } = initializer;
      for (let i = 0; i < data.length; i++) data[i] = random.uniform(-bound, bound);
      return;
    }
    case 'unitRows':
      fillUnitRows(data, shape, random);
      return;
    case 'copy':
      throw new Error('copies are resolved before values are drawn');
  }
}

function fillUnitRows(data: NumericArray, shape: readonly number[], random: Random): void {
  const length = shape[shape.length - 1] ?? 1;
  for (let start = 0; start < data.length; start += length) {
    const row = Float64Array.from({ length }, () => random.normal());
    const norm = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    row.forEach((value, i) => (data[start + i] = value / norm));
  }
}

function emptyArray(dtype: DType, length: number): NumericArray {
  if (dtype === 'int32') return new Int32Array(length);
  return dtype === 'uint8' ? new Uint8Array(length) : new Float32Array(length);
}
