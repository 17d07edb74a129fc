import { graphStates, isOp, type Graph } from '../../graph/graph.ts';
import { staticShape } from '../../graph/shape.ts';
import type { Tensor } from '../../graph/node.ts';
import type { Tensors } from '../executor.ts';
import { checkTensor } from '../checkTensors.ts';
import type { TensorFlow, TfTensor } from './tensorFlow.ts';
import { fromTensorFlow, tfDType, toTensorFlow } from './transfer.ts';

/** A program's state, in TensorFlow's memory. */
export interface TensorFlowState {
  readonly values: ReadonlyMap<string, TfTensor>;
  readonly names: readonly string[];
  /** Errors on an unknown name or another shape, before anything is changed. */
  load(given: Tensors): void;
  /** Takes new values over, and frees those that they replace. */
  replace(updates: Readonly<Record<string, TfTensor>>): void;
  /** Errors on an unknown name. */
  read(names: readonly string[]): Promise<Tensors>;
  dispose(): void;
}

/** Starts with `given`; what the graph only writes starts as zeros, and what it does not know is ignored. */
export function createState(tf: TensorFlow, graph: Graph, given: Tensors): TensorFlowState {
  const nodes = graphStates(graph);
  const values = new Map<string, TfTensor>();
  checkFirst(nodes, given);
  for (const [name, { dtype, shape }] of nodes) {
    const first = given[name];
    values.set(name, first ? toTensorFlow(tf, first) : tf.zeros([...staticShape(shape)], tfDType(dtype)));
  }
  const replace: TensorFlowState['replace'] = (updates) => {
    for (const [name, value] of Object.entries(updates)) {
      values.get(name)?.dispose();
      values.set(name, value);
    }
  };
  return {
    values,
    names: [...nodes.keys()],
    load: (replaced) => {
      const entries = Object.entries(replaced);
      for (const [name, value] of entries) checkState(name, known(nodes, name), value);
      replace(Object.fromEntries(entries.map(([name, value]) => [name, toTensorFlow(tf, value)])));
    },
    replace,
    read: async (names) => {
      for (const name of names) known(nodes, name);
      const read: Record<string, Tensor> = {};
      for (const name of names)
        read[name] = await fromTensorFlow(known(values, name), known(nodes, name).dtype);
      return read;
    },
    dispose: () => {
      for (const value of values.values()) value.dispose();
      values.clear();
    },
  };
}

type StateNodes = ReturnType<typeof graphStates>;
type StateNode = StateNodes extends Map<string, infer N> ? N : never;

function checkFirst(nodes: StateNodes, given: Tensors): void {
  for (const [name, node] of nodes) {
    const value = given[name];
    if (value) checkState(name, node, value);
    else if (isOp(node, 'state')) throw new Error(`state "${name}" is missing`);
  }
}

function checkState(name: string, { dtype, shape }: StateNode, value: Tensor): void {
  checkTensor(`state "${name}"`, value, dtype, staticShape(shape));
}

function known<T>(states: ReadonlyMap<string, T>, name: string): T {
  const state = states.get(name);
  if (state === undefined) throw new Error(`unknown state "${name}"`);
  return state;
}
