import { checkGraph } from '../../graph/checkGraph.ts';
import { graphFeeds, graphNodes, graphStates, isOp, type Graph } from '../../graph/graph.ts';
import { formatShape, sameShape, staticShape } from '../../graph/shape.ts';
import { bindDims, checkDims, resolveShape, type DimSizes } from '../bindDims.ts';
import { countOf, zeros } from './indexing.ts';
import { referenceKernels } from './referenceKernels.ts';
import type { ReferenceKernel } from './kernel.ts';
import type { DType, Node, NumericArray, Op, Tensor } from '../../graph/node.ts';
import type { Executor, Program, Tensors } from '../executor.ts';

/** `float64` computes float32 values exactly enough to differentiate numerically; `float32` rounds each node's result. */
export type Precision = 'float64' | 'float32';

type Values = ReadonlyMap<string, Tensor>;

/** Slow and obvious, in float64: what every other executor, and every gradient, is tested against. */
export const referenceExecutor: Executor = createReferenceExecutor();

/** With `precision: 'float64'` float32 tensors come back in Float64Array, else in Float32Array. */
export function createReferenceExecutor({ precision = 'float64' }: { precision?: Precision } = {}): Executor {
  return {
    name: 'reference',
    compile: async (graph, state) => {
      checkGraph(graph);
      checkDims(graph);
      return createProgram(graph, firstState(graph, state, precision), precision);
    },
  };
}

function createProgram(graph: Graph, first: Values, precision: Precision): Program {
  const nodes = graphNodes(graph);
  const feeds = graphFeeds(graph);
  let state: Values | null = first;
  const alive = (): Values => {
    if (!state) throw new Error('the program was disposed');
    return state;
  };
  return {
    load: async (replaced) => {
      state = new Map([...alive(), ...takeState(graph, replaced, precision)]);
    },
    step: async (given) => {
      const before = alive();
      const fed = takeFeeds(feeds, given, precision);
      const values = evaluate(nodes, fed.values, before, fed.sizes, precision);
      const outputs = pick(graph.outputs, values);
      state = new Map([...before, ...Object.entries(pick(graph.updates, values))]);
      return outputs;
    },
    read: async (names) => {
      const current = alive();
      return Object.fromEntries(
        (names ?? [...current.keys()]).map((name) => [name, copy(named(current, 'state', name))]),
      );
    },
    dispose: async () => {
      state = null;
    },
  };
}

/** Evaluates all nodes, inputs before users. */
function evaluate(
  nodes: readonly Node[],
  feeds: Values,
  state: Values,
  sizes: DimSizes,
  precision: Precision,
): Map<Node, Tensor> {
  const values = new Map<Node, Tensor>();
  for (const node of nodes) {
    if (isOp(node, 'feed')) values.set(node, named(feeds, 'feed', node.attributes.name));
    else if (isOp(node, 'state')) values.set(node, named(state, 'state', node.attributes.name));
    else values.set(node, compute(node, values, sizes, precision));
  }
  return values;
}

function compute(
  node: Node,
  values: ReadonlyMap<Node, Tensor>,
  sizes: DimSizes,
  precision: Precision,
): Tensor {
  const inputs = node.inputs.map((input) => valueOf(input, values));
  const shape = resolveShape(node.shape, sizes);
  const kernel = referenceKernels[node.op as keyof typeof referenceKernels] as ReferenceKernel<Op>;
  try {
    return store(node.dtype, shape, kernel(inputs, node.attributes, shape), precision);
  } catch (error) {
    const operands = inputs.map((input) => `${input.dtype} ${formatShape(input.shape)}`).join(', ');
    throw new Error(`${node.op}(${operands}): ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

function valueOf(node: Node, values: ReadonlyMap<Node, Tensor>): Tensor {
  const value = values.get(node);
  if (!value) throw new Error(`${node.op} ${formatShape(node.shape)} was not evaluated`);
  return value;
}

function pick(
  roots: Readonly<Record<string, Node>>,
  values: ReadonlyMap<Node, Tensor>,
): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(roots).map(([name, node]) => [name, copy(valueOf(node, values))]));
}

/** The state before the first step. What the graph only writes starts as zeros; what it does not know is ignored. */
function firstState(graph: Graph, given: Tensors, precision: Precision): Values {
  const first = new Map<string, Tensor>();
  for (const [name, node] of graphStates(graph)) {
    const tensor = given[name];
    if (!tensor && isOp(node, 'state')) throw new Error(`state "${name}" is missing`);
    const shape = staticShape(node.shape);
    const value = tensor ?? { dtype: node.dtype, shape, data: zeros(node.dtype, shape) };
    first.set(name, take(`state "${name}"`, value, node.dtype, shape, precision));
  }
  return first;
}

function takeState(graph: Graph, given: Tensors, precision: Precision): [string, Tensor][] {
  const states = graphStates(graph);
  return Object.entries(given).map(([name, tensor]) => {
    const { dtype, shape } = named(states, 'state', name);
    return [name, take(`state "${name}"`, tensor, dtype, staticShape(shape), precision)];
  });
}

function takeFeeds(
  feeds: ReadonlyMap<string, Node<'feed'>>,
  given: Tensors,
  precision: Precision,
): { values: Values; sizes: DimSizes } {
  for (const name of feeds.keys()) if (!given[name]) throw new Error(`feed "${name}" is missing`);
  const pairs = Object.entries(given).map(([name, tensor]) => [named(feeds, 'feed', name), tensor] as const);
  const sizes = bindDims(pairs);
  const values = new Map<string, Tensor>();
  for (const [{ attributes, dtype, shape }, tensor] of pairs) {
    const { name } = attributes;
    values.set(name, take(`feed "${name}"`, tensor, dtype, resolveShape(shape, sizes), precision));
  }
  return { values, sizes };
}

/** A checked copy of a caller's tensor. */
function take(
  what: string,
  { dtype, shape, data }: Tensor,
  expectedDtype: DType,
  expectedShape: readonly number[],
  precision: Precision,
): Tensor {
  if (dtype !== expectedDtype || !sameShape(shape, expectedShape)) {
    throw new Error(
      `${what} is ${dtype} ${formatShape(shape)}, should be ${expectedDtype} ${formatShape(expectedShape)}`,
    );
  }
  if (data.length !== countOf(shape)) {
    throw new Error(`${what} has ${data.length} values, ${formatShape(shape)} needs ${countOf(shape)}`);
  }
  return store(dtype, shape, data, precision);
}

/** Values in the array of their dtype; float32 in the precision that was asked for. */
function store(dtype: DType, shape: readonly number[], data: NumericArray, precision: Precision): Tensor {
  if (dtype === 'int32') return { dtype, shape, data: Int32Array.from(data) };
  if (dtype === 'uint8') return { dtype, shape, data: Uint8Array.from(data) };
  return { dtype, shape, data: precision === 'float32' ? Float32Array.from(data) : Float64Array.from(data) };
}

function copy({ dtype, shape, data }: Tensor): Tensor {
  return { dtype, shape: [...shape], data: data.slice() };
}

function named<T>(map: ReadonlyMap<string, T>, kind: 'feed' | 'state', name: string): T {
  const value = map.get(name);
  if (value === undefined) throw new Error(`unknown ${kind} "${name}"`);
  return value;
}
