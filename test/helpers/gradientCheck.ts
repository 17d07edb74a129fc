import { referenceExecutor } from '../../main/engine/execute/reference/referenceExecutor.ts';
import { gradients } from '../../main/engine/gradient/gradients.ts';
import { checkGraph } from '../../main/engine/graph/checkGraph.ts';
import { graphFeeds } from '../../main/engine/graph/graph.ts';
import { add, constant, feed, multiply, reduceSum, scalar } from '../../main/engine/graph/ops.ts';
import { staticShape } from '../../main/engine/graph/shape.ts';
import { randomTensor } from './tensors.ts';
import type { Node, Tensor } from '../../main/engine/graph/node.ts';
import type { Tensors } from '../../main/engine/execute/executor.ts';

/** A function of some tensors to differentiate, and where. Integer inputs are held fixed. */
export interface GradientCase {
  readonly name: string;
  readonly inputs: readonly Tensor[];
  readonly build: (nodes: readonly Node[]) => Node;
  /** False where the gradient's own ops have no gradient. */
  readonly twice: boolean;
}

/** The step of the central differences: its error is O(10⁻⁸) beside float64's rounding of O(10⁻¹²). */
const stepSize = 1e-4;

/**
 * Compares the analytic gradient of a random linear functional of `build`'s result (order 1), or of a random
 * linear functional of that gradient (order 2), with central differences in float64.
 * @returns for all inputs together, max |analytic − numeric| / max(|analytic|, |numeric|) of each input
 */
export async function gradientError({ inputs, build }: GradientCase, order: 1 | 2): Promise<number> {
  const nodes = inputs.map(({ shape, dtype }, i) => feed(`x${i}`, shape, dtype));
  const parameters = nodes.filter(({ dtype }) => dtype === 'float32');
  const loss = randomFunctional([build(nodes)], 1);
  const objective = order === 1 ? loss : randomFunctional(gradients(loss, parameters), 2);
  const feeds = Object.fromEntries(inputs.map((value, i) => [`x${i}`, value]));
  const analytic = await run(gradients(objective, parameters), feeds);
  const numeric = await centralDifferences(
    objective,
    parameters.map(({ attributes }) => attributes.name),
    feeds,
  );
  return Math.max(...analytic.map(({ data }, i) => relativeError(data, numeric[i])));
}

function randomFunctional(nodes: readonly Node[], seed: number): Node {
  const terms = nodes.map((node, i) => {
    const shape = staticShape(node.shape);
    return reduceSum(multiply(node, constant(randomTensor(shape, 100 * seed + i, 0.5, 1.5).data, shape)));
  });
  return terms.reduce((sum, term) => add(sum, term), scalar(0));
}

async function run(nodes: readonly Node[], feeds: Tensors): Promise<Tensor[]> {
  const graph = { outputs: Object.fromEntries(nodes.map((node, i) => [`y${i}`, node])), updates: {} };
  checkGraph(graph);
  const program = await referenceExecutor.compile(graph, {});
  const used = Object.entries(feeds).filter(([name]) => graphFeeds(graph).has(name));
  const outputs = await program.step(Object.fromEntries(used));
  return nodes.map((_, i) => outputs[`y${i}`]);
}

async function centralDifferences(
  objective: Node,
  names: readonly string[],
  feeds: Tensors,
): Promise<Float64Array[]> {
  const graph = { outputs: { objective }, updates: {} };
  const used = graphFeeds(graph);
  const program = await referenceExecutor.compile(graph, {});
  const current = Object.fromEntries(
    Object.entries(feeds)
      .filter(([name]) => used.has(name))
      .map(([name, value]) => [name, { ...value, data: value.data.slice() }]),
  );
  const valueAt = async (): Promise<number> => (await program.step(current)).objective.data[0];
  const differences = names.map((name) => new Float64Array(feeds[name].data.length));
  for (const [k, name] of names.entries()) {
    if (!used.has(name)) continue;
    const { data } = current[name];
    for (let i = 0; i < data.length; i++) {
      const center = data[i];
      data[i] = center + stepSize;
      const above = await valueAt();
      data[i] = center - stepSize;
      const below = await valueAt();
      data[i] = center;
      differences[k][i] = (above - below) / (2 * stepSize);
    }
  }
  return differences;
}

function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let difference = 0;
  let size = 0;
  for (let i = 0; i < a.length; i++) {
    difference = Math.max(difference, Math.abs(a[i] - b[i]));
    size = Math.max(size, Math.abs(a[i]), Math.abs(b[i]));
    if (Number.isNaN(a[i] + b[i])) return Infinity;
  }
  return size === 0 ? 0 : difference / size;
}
