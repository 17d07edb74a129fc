import { gradients } from '../../../main/engine/gradient/gradients.ts';
import { checkGraph } from '../../../main/engine/graph/checkGraph.ts';
import { constant, feed, multiply, reduceSum } from '../../../main/engine/graph/ops.ts';
import { staticShape } from '../../../main/engine/graph/shape.ts';
import { createEncoder } from '../../../main/nn/createEncoder.ts';
import { createVariables, rootScope } from '../../../main/nn/variables.ts';
import { formulaValues, roundedFor, startingValue } from './formulaValues.ts';
import type { Executor, Tensors } from '../../../main/engine/execute/executor.ts';
import type { Graph } from '../../../main/engine/graph/graph.ts';
import type { Node, Tensor } from '../../../main/engine/graph/node.ts';
import type { EncoderDescription } from '../../../main/nn/encoder.ts';
import type { Mode, Variables } from '../../../main/nn/variables.ts';

/** One network of the fixture `networks.json`, and what PyTorch makes of it. */
export interface NetworkCase extends EncoderDescription {
  readonly imageSize: number;
  readonly batch: number;
  readonly training: readonly number[];
  readonly inference: readonly number[];
  /** By variable: its norm and first elements. */
  readonly runningStatistics: Readonly<Record<string, readonly number[]>>;
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

/** What an executor makes of it: features, and where asked every gradient, as an output named `gradient <variable>`. */
export async function runNetwork(
  executor: Executor,
  network: NetworkCase,
  mode: Mode,
  { withGradients = false }: { readonly withGradients?: boolean } = {},
): Promise<{ outputs: Tensors; state: Tensors }> {
  const { graph, variables } = networkGraph(network, mode, withGradients);
  checkGraph(graph);
  const shape = [network.batch, 3, network.imageSize, network.imageSize];
  const data = formulaValues('images', shape).map((value) => 2 * value);
  const program = await executor.compile(graph, roundedFor(executor, startingState(variables)));
  const outputs = await program.step(roundedFor(executor, { images: { dtype: 'float32', shape, data } }));
  const state = await program.read();
  await program.dispose();
  return { outputs, state };
}

function networkGraph(
  network: NetworkCase,
  mode: Mode,
  withGradients: boolean,
): { graph: Graph; variables: Variables } {
  const variables = createVariables();
  const images = feed('images', [network.batch, 3, network.imageSize, network.imageSize]);
  const features = createEncoder(network).build(rootScope(variables, mode), images);
  const outputs = { features, ...(withGradients ? gradientOutputs(network, features, variables) : {}) };
  return { graph: { outputs, updates: Object.fromEntries(variables.updates) }, variables };
}

function gradientOutputs(network: NetworkCase, features: Node, variables: Variables): Record<string, Node> {
  const shape = staticShape(features.shape);
  const loss = reduceSum(multiply(features, constant(formulaValues('loss', shape), shape)));
  const names = Object.keys(network.gradients);
  const parameters = names.map((name) => {
    const node = variables.nodes.get(name);
    if (!node) throw new Error(`the network has no variable ${name}`);
    return node;
  });
  return Object.fromEntries(
    gradients(loss, parameters).map((gradient, i) => [`gradient ${names[i]}`, gradient]),
  );
}

function startingState(variables: Variables): Record<string, Tensor> {
  return Object.fromEntries(
    [...variables.declared.values()].map(({ name, shape }) => [name, startingValue(name, shape)]),
  );
}
