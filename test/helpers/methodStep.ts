import { gradients } from '../../main/engine/gradient/gradients.ts';
import { checkGraph } from '../../main/engine/graph/checkGraph.ts';
import { feed } from '../../main/engine/graph/ops.ts';
import { createVariables, rootScope, type Variables } from '../../main/nn/variables.ts';
import { buildTrainingStep } from '../../main/training/pretrainingGraph.ts';
import { tinyEncoder } from './tinyEncoder.ts';
import type { Graph } from '../../main/engine/graph/graph.ts';
import type { Node } from '../../main/engine/graph/node.ts';
import type { Encoder } from '../../main/nn/encoder.ts';
import type { OptimizerSettings } from '../../main/nn/optimizers.ts';
import type { Method, MethodStep } from '../../main/ssl/method.ts';

export interface MethodRequest {
  readonly method: Method;
  readonly settings: object;
  readonly batchSize: number;
  readonly side: number;
  /** Side of each view; two of `side` unless given. */
  readonly sides?: readonly number[];
  /** Samples of the training set; as many as the batch unless given. */
  readonly sampleCount?: number;
  readonly encoder?: Encoder;
}

/** A method on views that are fed as they are: `view0`, `view1` …, [N, 3, side, side]. */
export function buildMethod(request: MethodRequest): { step: MethodStep; variables: Variables } {
  const { method, settings, batchSize, sampleCount = batchSize, encoder = tinyEncoder } = request;
  const variables = createVariables();
  const step = method.build({
    settings,
    views: viewFeeds(request),
    indices: feed('indices', [batchSize], 'int32'),
    sampleCount,
    batchSize,
    encoder,
    scope: rootScope(variables, 'training'),
    scalar: (name) => feed(`schedule.${name}`, []),
  });
  return { step, variables };
}

export interface MethodTraining {
  /** Outputs `loss` and `gradient.<parameter>`; feeds `view<v>`, `indices`, `learningRate`, `schedule.<name>`. */
  readonly graph: Graph;
  readonly variables: Variables;
}

/** The trainer's own step on such views, with the gradients beside. */
export function buildMethodTraining(request: MethodRequest, optimizer: OptimizerSettings): MethodTraining {
  const { batchSize, sampleCount = batchSize, encoder = tinyEncoder } = request;
  const { step, variables } = buildTrainingStep(
    { ...request, encoder, optimizer, sampleCount },
    viewFeeds(request),
  );
  const names = [...variables.declared.values()].flatMap(({ name, trainable }) => (trainable ? [name] : []));
  const nodes = names.map((name) => variables.nodes.get(name)).filter((node): node is Node => Boolean(node));
  const slopes = gradients(step.loss, nodes).map((node, i) => [`gradient.${names[i]}`, node] as const);
  const outputs = { loss: step.loss, ...Object.fromEntries(slopes) };
  const graph: Graph = { outputs, updates: Object.fromEntries(variables.updates) };
  checkGraph(graph);
  return { graph, variables };
}

function viewFeeds({ batchSize, side, sides = [side, side] }: MethodRequest): Node[] {
  return sides.map((pixels, view) => feed(`view${view}`, [batchSize, 3, pixels, pixels]));
}
