import { gradients } from '../engine/gradient/gradients.ts';
import {
  add,
  divide,
  maximum,
  minimum,
  multiply,
  reduceSum,
  scalar,
  sqrt,
  square,
  step,
  subtract,
} from '../engine/graph/ops.ts';
import { accumulateGradient, holdBetweenUpdates, type Accumulation } from './accumulation.ts';
import { assign, buffer, isVector, rootScope } from './variables.ts';
import type { Node } from '../engine/graph/node.ts';
import type { Operand } from '../engine/graph/ops.ts';
import type { Scope, Variable, Variables } from './variables.ts';

export type OptimizerSettings = SgdSettings | LarsSettings | AdamWSettings;

interface CommonSettings {
  /** At `perBatch` images a step. */
  readonly learningRate: number;
  /** The batch size for which `learningRate` is meant: others scale it linearly. Null: the rate holds for any batch. */
  readonly perBatch: number | null;
  readonly weightDecay: number;
}

/** Stochastic gradient descent as `torch.optim.SGD`: decay is added to the gradient, of every parameter. */
export interface SgdSettings extends CommonSettings {
  readonly name: 'sgd';
  readonly momentum: number;
  readonly nesterov: boolean;
}

/**
 * Layer-wise adaptive rate scaling (You et al. 2017). Biases and norms (one axis) get neither decay nor trust ratio.
 * - `norm-sum`: η‖w‖/(‖g‖ + λ‖w‖), as Lightly and solo-learn have it;
 * - `norm-of-sum`: η‖w‖/‖g + λw‖, as Barlow Twins, VICReg and SimCLR have it.
 */
export interface LarsSettings extends CommonSettings {
  readonly name: 'lars';
  readonly momentum: number;
  readonly variant: 'norm-sum' | 'norm-of-sum';
  /** η. */
  readonly trustCoefficient: number;
  /** The ratio becomes min(ratio/learning rate, 1), so that the product never exceeds the learning rate (LARC). */
  readonly clip: boolean;
  /** Multiplies the learning rate of biases and norms; 1 unless given (Barlow Twins: 0.0048/0.2). */
  readonly vectorLearningRateScale?: number;
}

/** Adam with decoupled decay (Loshchilov & Hutter 2019) as `torch.optim.AdamW`: every parameter decays. */
export interface AdamWSettings extends CommonSettings {
  readonly name: 'adamw';
  readonly betas: readonly [number, number];
  readonly epsilon: number;
}

/** A method's `ParameterGroup` with its schedules' names resolved to nodes. */
export interface ResolvedParameterGroup {
  readonly learningRateScale?: Operand;
  readonly constantLearningRate?: boolean;
  readonly weightDecay?: boolean;
}

export interface OptimizerRequest {
  readonly variables: Variables;
  /** One element. */
  readonly loss: Node;
  readonly settings: OptimizerSettings;
  /** This step's learning rate, one element. */
  readonly learningRate: Node;
  /** The learning rate of groups whose rate is constant, one element. */
  readonly initialLearningRate: Node;
  /** What is special about a parameter. */
  readonly group?: (parameter: Variable) => ResolvedParameterGroup;
  /** Absent: each step updates. */
  readonly accumulation?: Accumulation;
}

/**
 * Differentiates `loss` by every trainable variable and sets what each becomes. Slots are variables that are not
 * trained, named `optimizer.<slot>.<parameter>`. With `accumulation` parameters, slots and what follows a parameter
 * move at updates only; what methods and layers assign otherwise (queues, running statistics) moves at every step.
 */
export function applyOptimizer(request: OptimizerRequest): void {
  const { variables, loss, settings, accumulation } = request;
  const parameters = trainable(variables);
  const slots = rootScope(variables, 'training').child('optimizer');
  const values = parameters.map(({ value }) => value);
  const slopes = gradients(loss, values).map((gradient, i) =>
    accumulation
      ? accumulateGradient(slots.child('accumulated'), parameters[i].variable, gradient, accumulation)
      : gradient,
  );
  const others = new Set(variables.updates.keys());
  const rule = updateRule(settings, slots);
  slopes.forEach((gradient, i) => {
    const { variable, value } = parameters[i];
    const { learningRate, decay } = groupOf(variable, request);
    const next = rule({ variable, value, gradient, learningRate, decay });
    variables.updates.set(variable.name, next);
  });
  if (!accumulation) return;
  const follows = (name: string): boolean => variables.declared.get(name)?.follows !== undefined;
  const moving = [...variables.updates.keys()].filter((name) => !others.has(name) || follows(name));
  holdBetweenUpdates(variables, moving, accumulation);
}

interface ParameterStep {
  readonly variable: Variable;
  readonly value: Node;
  readonly gradient: Node;
  readonly learningRate: Node;
  readonly decay: number;
}

/** A parameter's next value; declares and moves the slots it needs. */
type UpdateRule = (step: ParameterStep) => Node;

function trainable(variables: Variables): { variable: Variable; value: Node }[] {
  return [...variables.declared.values()].flatMap((variable) => {
    const value = variables.nodes.get(variable.name);
    return variable.trainable && value ? [{ variable, value }] : [];
  });
}

function groupOf(variable: Variable, request: OptimizerRequest): { learningRate: Node; decay: number } {
  const { settings, group } = request;
  const { learningRateScale = 1, constantLearningRate, weightDecay } = group?.(variable) ?? {};
  const excluded = settings.name === 'lars' && isVector(variable);
  const vectorScale = excluded ? (settings.vectorLearningRateScale ?? 1) : 1;
  const base = constantLearningRate === true ? request.initialLearningRate : request.learningRate;
  return {
    learningRate: scaled(scaled(base, learningRateScale), vectorScale),
    decay: (weightDecay ?? !excluded) ? settings.weightDecay : 0,
  };
}

function scaled(node: Node, scale: Operand): Node {
  return scale === 1 ? node : multiply(node, scale);
}

function updateRule(settings: OptimizerSettings, slots: Scope): UpdateRule {
  switch (settings.name) {
    case 'sgd':
      return sgd(settings, slots);
    case 'lars':
      return lars(settings, slots);
    case 'adamw':
      return adamW(settings, slots);
  }
}

function sgd({ momentum, nesterov }: SgdSettings, slots: Scope): UpdateRule {
  return ({ variable, value, gradient, learningRate, decay }) => {
    const decayed = withDecay(gradient, value, decay);
    const velocity = accelerate(slots, variable, decayed, momentum);
    const direction = nesterov ? add(decayed, multiply(velocity, momentum)) : velocity;
    return subtract(value, multiply(direction, learningRate));
  };
}

function lars(settings: LarsSettings, slots: Scope): UpdateRule {
  return ({ variable, value, gradient, learningRate, decay }) => {
    const direction = isVector(variable)
      ? withDecay(gradient, value, decay)
      : trusted(value, gradient, { settings, decay, learningRate });
    const velocity = accelerate(slots, variable, direction, settings.momentum);
    return subtract(value, multiply(velocity, learningRate));
  };
}

/**
 * The gradient with decay times its trust ratio. A parameter of zeros takes its gradient as it is, and one without
 * gradient stays, as in the published codes; no 0/0 arises.
 */
function trusted(
  value: Node,
  gradient: Node,
  { settings, decay, learningRate }: { settings: LarsSettings; decay: number; learningRate: Node },
): Node {
  const decayed = withDecay(gradient, value, decay);
  const size = norm(value);
  const change = norm(settings.variant === 'norm-sum' ? gradient : decayed);
  const usable = multiply(step(size), step(change));
  const denominator = settings.variant === 'norm-sum' ? add(change, multiply(size, decay)) : change;
  const ratio = divide(multiply(size, settings.trustCoefficient), add(denominator, subtract(1, usable)));
  // The rate may be 0 in a schedule's last step.
  const limited = settings.clip ? minimum(divide(ratio, maximum(learningRate, 1e-12)), 1) : ratio;
  return multiply(decayed, add(multiply(usable, limited), subtract(1, step(size))));
}

function adamW({ betas: [beta1, beta2], epsilon }: AdamWSettings, slots: Scope): UpdateRule {
  // 1 − βᵗ is the moving average of 1: kept as one it needs no power, and does not cancel as 1 − βᵗ does in float32.
  const weight1 = movingAverage(slots, 'weight1', [], scalar(1), beta1);
  const weight2 = movingAverage(slots, 'weight2', [], scalar(1), beta2);
  return ({ variable: { name, shape }, value, gradient, learningRate, decay }) => {
    const mean = movingAverage(slots.child('mean'), name, shape, gradient, beta1);
    const meanSquare = movingAverage(slots.child('meanSquare'), name, shape, square(gradient), beta2);
    const kept = decay === 0 ? value : subtract(value, multiply(value, multiply(learningRate, decay)));
    const deviation = add(divide(sqrt(meanSquare), sqrt(weight2)), epsilon);
    return subtract(kept, multiply(divide(mean, deviation), divide(learningRate, weight1)));
  };
}

/** value ← β·value + (1 − β)·x, from zero. */
function movingAverage(scope: Scope, name: string, shape: readonly number[], x: Node, beta: number): Node {
  const before = buffer(scope, name, shape, { kind: 'constant', value: 0 });
  const after = add(multiply(before, beta), multiply(x, 1 - beta));
  assign(scope, name, after);
  return after;
}

/** velocity ← momentum·velocity + x, from zero. Without momentum x itself, and no slot. */
function accelerate(slots: Scope, { name, shape }: Variable, x: Node, momentum: number): Node {
  if (momentum === 0) return x;
  const scope = slots.child('momentum');
  const before = buffer(scope, name, shape, { kind: 'constant', value: 0 });
  const after = add(multiply(before, momentum), x);
  assign(scope, name, after);
  return after;
}

function withDecay(gradient: Node, value: Node, decay: number): Node {
  return decay === 0 ? gradient : add(gradient, multiply(value, decay));
}

function norm(x: Node): Node {
  return sqrt(reduceSum(square(x)));
}
