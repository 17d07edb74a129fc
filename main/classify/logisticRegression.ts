import { gradients } from '../engine/gradient/gradients.ts';
import { checkGraph } from '../engine/graph/checkGraph.ts';
import { add, feed, matmul, multiply, reduceSum, square, state, subtract } from '../engine/graph/ops.ts';
import { minimize, type Minimum, type Objective } from './minimize.ts';
import { softmaxCrossEntropy } from './softmaxCrossEntropy.ts';
import type { Executor, Program, Tensors } from '../engine/execute/executor.ts';
import type { Graph } from '../engine/graph/graph.ts';
import type { Tensor } from '../engine/graph/node.ts';
import type { Features } from '../training/knn.ts';
import type { LinearHead, Standardization } from './linearHead.ts';

export interface FitRequest {
  /** Rows to learn from. */
  readonly rows: Int32Array;
  readonly standardization: Standardization;
  /** λ. */
  readonly l2: number;
  /** Where to start, on standardised features; zeros unless given. */
  readonly start?: LinearHead;
  readonly signal?: AbortSignal | undefined;
}

export interface Fit extends Pick<Minimum, 'gradientSize' | 'iterations'> {
  /** On standardised features. */
  readonly head: LinearHead;
  readonly loss: number;
}

/**
 * Multinomial logistic regression on standardised features:
 * mean over the rows of −log softmax(W·x + b)[label], plus λ/2 · ‖W‖² (the bias is free).
 * Strictly convex in W, so there is one solution, found by L-BFGS on the engine's loss and gradient.
 */
export interface LogisticRegression {
  fit(request: FitRequest): Promise<Fit>;
  /** Loss and gradient at one point, for whoever wants to check. */
  evaluate(head: LinearHead, request: FitRequest): Promise<{ loss: number; gradient: LinearHead }>;
  dispose(): Promise<void>;
}

/** Beyond float32's rounding nothing is gained. */
const tolerance = 1e-5;
const maxIterations = 500;

/**
 * Puts features and labels where the executor computes. One program serves any choice of rows.
 * @param labels class of each row
 */
export async function createLogisticRegression(
  executor: Executor,
  features: Features,
  labels: readonly number[],
  classCount: number,
): Promise<LogisticRegression> {
  const { count, size } = features;
  const program = await executor.compile(lossGraph(count, size, classCount), {
    features: { dtype: 'float32', shape: [count, size], data: features.data },
    labels: { dtype: 'int32', shape: [count], data: Int32Array.from(labels) },
  });
  const weightCount = classCount * size;
  const split = (x: Float64Array): LinearHead => ({
    weight: x.slice(0, weightCount),
    bias: x.slice(weightCount),
  });
  const objective = (request: FitRequest): Objective => {
    const fixed = fixedFeeds(count, request);
    return (x) => step(program, split(x), fixed, size);
  };
  return {
    fit: async (request) => {
      const start = request.start ? flatten(request.start) : new Float64Array(weightCount + classCount);
      const { signal } = request;
      const minimum = await minimize(objective(request), start, { tolerance, maxIterations, signal });
      const { x, value, gradientSize, iterations } = minimum;
      return { head: split(x), loss: value, gradientSize, iterations };
    },
    evaluate: async (head, request) => {
      const { value, gradient } = await objective(request)(flatten(head));
      return { loss: value, gradient: split(gradient) };
    },
    dispose: () => program.dispose(),
  };
}

function lossGraph(count: number, size: number, classCount: number): Graph {
  const weight = feed('weight', [classCount, size]);
  const bias = feed('bias', [classCount]);
  const centered = subtract(state('features', [count, size]), feed('mean', [size]));
  const x = multiply(centered, feed('scale', [size]));
  const logits = add(matmul(x, weight, { transposeB: true }), bias);
  const losses = softmaxCrossEntropy(logits, state('labels', [count], 'int32'));
  const penalty = multiply(multiply(reduceSum(square(weight)), 0.5), feed('l2', []));
  const loss = add(reduceSum(multiply(losses, feed('rowWeights', [count]))), penalty);
  const [weightGradient, biasGradient] = gradients(loss, [weight, bias]);
  const graph: Graph = { outputs: { loss, weightGradient, biasGradient }, updates: {} };
  checkGraph(graph);
  return graph;
}

/** The mean over some rows is a weighted sum over all, so that folds share one program. */
function fixedFeeds(count: number, { rows, standardization, l2 }: FitRequest): Tensors {
  const rowWeights = new Float64Array(count);
  for (const row of rows) rowWeights[row] = 1 / rows.length;
  const { mean, scale } = standardization;
  return {
    rowWeights: vector(rowWeights),
    mean: vector(mean),
    scale: vector(scale),
    l2: { dtype: 'float32', shape: [], data: Float64Array.of(l2) },
  };
}

async function step(
  program: Program,
  { weight, bias }: LinearHead,
  fixed: Tensors,
  size: number,
): Promise<{ value: number; gradient: Float64Array }> {
  const outputs = await program.step({
    ...fixed,
    weight: { dtype: 'float32', shape: [bias.length, size], data: weight },
    bias: vector(bias),
  });
  const { loss, weightGradient, biasGradient } = outputs;
  const gradient = flatten({
    weight: Float64Array.from(weightGradient.data),
    bias: Float64Array.from(biasGradient.data),
  });
  return { value: loss.data[0], gradient };
}

function flatten({ weight, bias }: LinearHead): Float64Array {
  const all = new Float64Array(weight.length + bias.length);
  all.set(weight);
  all.set(bias, weight.length);
  return all;
}

function vector(data: Float64Array): Tensor {
  return { dtype: 'float32', shape: [data.length], data };
}
