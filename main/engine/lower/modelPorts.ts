import { graphFeeds, graphStates, isOp, type Graph } from '../graph/graph.ts';
import type { Node } from '../graph/node.ts';
import { inPlaceUpdates } from './inPlaceUpdates.ts';
import type { LoweredModel, ModelValue } from './lowering.ts';

type Ports = Pick<LoweredModel, 'feeds' | 'states' | 'outputs' | 'updates' | 'inPlace'>;

/**
 * The inputs and outputs of a graph's model: feeds and outputs under their own names, a state `w` as the input
 * `state:w`, its update as the output `update:w`. `inputs` and `results` are the same in the model's order.
 */
export function modelPorts(
  graph: Graph,
): Ports & { readonly inputs: readonly ModelValue[]; readonly results: readonly ModelValue[] } {
  const read = new Map([...graphStates(graph)].filter(([, node]) => isOp(node, 'state')));
  const feeds = valuesOf(graphFeeds(graph), '');
  const states = valuesOf(read, 'state:');
  const outputs = valuesOf(Object.entries(graph.outputs), '');
  const updates = valuesOf(Object.entries(graph.updates), 'update:');
  const inputs = [...feeds.values(), ...states.values()];
  const results = [...outputs.values(), ...updates.values()];
  return { feeds, states, outputs, updates, inPlace: inPlaceUpdates(graph), inputs, results };
}

function valuesOf(nodes: Iterable<[string, Node]>, prefix: string): Map<string, ModelValue> {
  return new Map(
    [...nodes].map(([name, { dtype, shape }]) => [name, { name: `${prefix}${name}`, dtype, shape }]),
  );
}

/** The names of a model's inputs and outputs. Errors where two have the same. */
export function uniqueNames(values: readonly ModelValue[]): Set<string> {
  const names = new Set<string>();
  for (const { name } of values) {
    if (names.has(name)) throw new Error(`"${name}" names both a feed and an output`);
    names.add(name);
  }
  return names;
}
