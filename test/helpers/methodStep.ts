import { gradients } from '../../main/engine/gradient/gradients.ts';
import { checkGraph } from '../../main/engine/graph/checkGraph.ts';
import { feed } from '../../main/engine/graph/ops.ts';
import { applyOptimizer, type OptimizerSettings } from '../../main/nn/optimizers.ts';
import { createVariables, rootScope, type Variables } from '../../main/nn/variables.ts';
import { tinyEncoder } from './tinyEncoder.ts';
import type { Graph } from '../../main/engine/graph/graph.ts';
import type { Node } from '../../main/engine/graph/node.ts';
import type { Encoder } from '../../main/nn/encoder.ts';
import type { Method, MethodStep } from '../../main/ssl/method.ts';

export interface MethodRequest {
  readonly method: Method;
  readonly settings: object;
  readonly batchSize: number;
  readonly side: number;
  readonly encoder?: Encoder;
}

/** A method on views that are fed as they are: `view0` and `view1`, [N, 3, side, side]. */
export function buildMethod(request: MethodRequest): { step: MethodStep; variables: Variables } {
  const { method, settings, batchSize, side, encoder = tinyEncoder } = request;
  const variables = createVariables();
  const step = method.build({
    settings,
    views: [0, 1].map((view) => feed(`view${view}`, [batchSize, 3, side, side])),
    indices: feed('indices', [batchSize], 'int32'),
    sampleCount: batchSize,
    batchSize,
    encoder,
    scope: rootScope(variables, 'training'),
    scalar: (name) => feed(`schedule.${name}`, []),
  });
  return { step, variables };
}

export interface TrainingStep {
  /** Outputs `loss` and `gradient.<parameter>`; feeds `view0`, `view1`, `learningRate`, `schedule.<name>`. */
  readonly graph: Graph;
  readonly variables: Variables;
}

/** The same with gradients and the optimizer's update. */
export function buildTrainingStep(request: MethodRequest, optimizer: OptimizerSettings): TrainingStep {
  const { step, variables } = buildMethod(request);
  const parameters = [...variables.declared.values()].filter(({ trainable }) => trainable);
  const names = parameters.map(({ name }) => name);
  const nodes = names.map((name) => variables.nodes.get(name)).filter((node): node is Node => Boolean(node));
  const slopes = gradients(step.loss, nodes).map((node, i) => [`gradient.${names[i]}`, node] as const);
  applyOptimizer({
    variables,
    loss: step.loss,
    settings: optimizer,
    learningRate: feed('learningRate', []),
    initialLearningRate: feed('initialLearningRate', []),
  });
  const outputs = { loss: step.loss, ...Object.fromEntries(slopes) };
  const graph: Graph = { outputs, updates: Object.fromEntries(variables.updates) };
  checkGraph(graph);
  return { graph, variables };
}
