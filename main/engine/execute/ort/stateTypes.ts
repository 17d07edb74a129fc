import { graphStates, isOp, type Graph } from '../../graph/graph.ts';
import { staticShape } from '../../graph/shape.ts';
import { checkTensor } from '../checkTensors.ts';
import type { DType, Tensor } from '../../graph/node.ts';
import type { Tensors } from '../executor.ts';
import type { StateStore } from './stateStore.ts';

export interface StateType {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** Of all states of a graph, also of those that it only writes. */
export function stateTypes(graph: Graph): Map<string, StateType> {
  return new Map(
    [...graphStates(graph)].map(([name, { dtype, shape }]) => [name, { dtype, shape: staticShape(shape) }]),
  );
}

/** Errors: a state that the graph reads is missing or of another type. */
export function checkFirstState(graph: Graph, types: ReadonlyMap<string, StateType>, given: Tensors): void {
  for (const [name, node] of graphStates(graph)) {
    const type = types.get(name);
    if (!given[name] && isOp(node, 'state')) throw new Error(`state "${name}" is missing`);
    if (given[name] && type) checkTensor(`state "${name}"`, given[name], type.dtype, type.shape);
  }
}

/** Loads all of the given states or, where one is not known or of another type, none. */
export async function loadChecked(
  store: StateStore,
  types: ReadonlyMap<string, StateType>,
  given: Tensors,
): Promise<void> {
  const entries = Object.entries(given);
  for (const [name, value] of entries) {
    const { dtype, shape } = known(types, name);
    checkTensor(`state "${name}"`, value, dtype, shape);
  }
  for (const [name, value] of entries) await store.load(name, value);
}

/** Copies of the named states, of all where no names are given. */
export async function readNamed(
  store: StateStore,
  types: ReadonlyMap<string, StateType>,
  names: readonly string[] = [...types.keys()],
): Promise<Tensors> {
  for (const name of names) known(types, name);
  const values: Record<string, Tensor> = {};
  for (const name of names) values[name] = await store.read(name);
  return values;
}

function known(types: ReadonlyMap<string, StateType>, name: string): StateType {
  const type = types.get(name);
  if (!type) throw new Error(`unknown state "${name}"`);
  return type;
}
