import { add, multiply, state, subtract } from '../engine/graph/ops.ts';
import { formatShape, sameShape } from '../engine/graph/shape.ts';
import type { DType, Node } from '../engine/graph/node.ts';

/** How a variable gets its first value. `copy` takes another variable's (a momentum encoder starts as its encoder). */
export type Initializer =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'normal'; readonly deviation: number }
  | { readonly kind: 'uniform'; readonly bound: number }
  /** Rows of standard normal values, each scaled to unit length: queues and memory banks. */
  | { readonly kind: 'unitRows' }
  | { readonly kind: 'copy'; readonly of: string };

/** One state tensor of the step: trained by the optimizer, or a buffer that layers and methods update themselves. */
export interface Variable {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly initializer: Initializer;
  readonly trainable: boolean;
  /** The parameter that it follows as a moving average: it moves in the steps in which that one does. */
  readonly follows?: string;
}

/**
 * The variables that a model declares while its graph is built. Asking twice for one name gives the same
 * node, so calling a layer twice in one scope shares its weights.
 */
export interface Variables {
  readonly declared: Map<string, Variable>;
  /** As the step finds them. */
  readonly states: Map<string, Node>;
  /** As layers see them: their state, or a projection of it (`projectedParameter`). */
  readonly nodes: Map<string, Node>;
  /** What each variable becomes at the end of the step. */
  readonly updates: Map<string, Node>;
}

export function createVariables(): Variables {
  return { declared: new Map(), states: new Map(), nodes: new Map(), updates: new Map() };
}

/** Whether it is a bias, or a scale or shift of a normalisation. */
export function isVector({ shape }: Pick<Variable, 'shape'>): boolean {
  return shape.length <= 1;
}

/** `training` normalises by the batch and updates running statistics, `inference` uses them. */
export type Mode = 'training' | 'inference';

/** A place in the tree of names ("encoder.layer1.0.conv1") in which layers declare their variables. */
export interface Scope {
  readonly path: string;
  readonly mode: Mode;
  /** Into how many groups of the batch, each with its own statistics, normalisation layers split it; usually 1. */
  readonly normSplits: number;
  readonly variables: Variables;
  /** The value of a trainable parameter in this step. */
  parameter(name: string, shape: readonly number[], initializer: Initializer): Node;
  child(name: string): Scope;
}

export function rootScope(variables: Variables, mode: Mode): Scope {
  const parameter: Scope['parameter'] = (name, shape, initializer) =>
    declare(variables, { name, shape, dtype: 'float32', initializer, trainable: true });
  return makeScope({ variables, mode, normSplits: 1, path: '' }, parameter);
}

/** The same place, where normalisation layers split the batch into `normSplits` groups (MoCo's shuffled batches). */
export function splitNorms(scope: Scope, normSplits: number): Scope {
  return { ...scope, normSplits, child: (name) => splitNorms(scope.child(name), normSplits) };
}

/**
 * A child of `scope` in which each parameter follows the one of the same name in `scope` as an exponential moving
 * average: θ' ← momentum·θ' + (1 − momentum)·θ, with θ as the step found it; layers built in it read the new θ'
 * (He et al. 2020, equation 2). θ' starts as a copy of θ. Buffers (running statistics) are its own.
 * Gradients flow through its layers as through any: wrap what they return in `stopGradient`.
 * @param momentum a node of one element
 * @throws Error when a layer asks for a parameter that `scope` does not have yet: build the followed network first
 */
export function momentumScope(scope: Scope, name: string, momentum: Node): Scope {
  const { variables } = scope;
  const path = join(scope.path, name);
  const follow: Scope['parameter'] = (full, shape) => {
    const source = join(scope.path, full.slice(path.length + 1));
    const online = variables.nodes.get(source);
    if (!online) throw new Error(`"${full}" follows "${source}", which is not declared yet`);
    const initializer: Initializer = { kind: 'copy', of: source };
    const slow = declare(variables, {
      ...{ name: full, shape, dtype: 'float32', initializer, trainable: false },
      follows: source,
    });
    const moved =
      variables.updates.get(full) ?? add(multiply(slow, momentum), multiply(online, subtract(1, momentum)));
    variables.updates.set(full, moved);
    return moved;
  };
  return makeScope({ ...scope, path }, follow);
}

/**
 * A trainable parameter of which each step sees a projection, such as rows of unit length. Its gradient is that of the
 * projected value, and the optimizer's step starts from there: what is kept is projected − rate·direction.
 */
export function projectedParameter(
  scope: Scope,
  { name, shape, initializer }: Pick<Variable, 'name' | 'shape' | 'initializer'>,
  project: (value: Node) => Node,
): Node {
  const projected = project(scope.parameter(name, shape, initializer));
  scope.variables.nodes.set(join(scope.path, name), projected);
  return projected;
}

/** A state tensor that the optimizer leaves alone: statistics, queues, counters. */
export function buffer(
  scope: Scope,
  name: string,
  shape: readonly number[],
  initializer: Initializer,
  dtype: DType = 'float32',
): Node {
  return declare(scope.variables, {
    name: join(scope.path, name),
    shape,
    dtype,
    initializer,
    trainable: false,
  });
}

/** Sets what a buffer becomes at the end of the step. A later call replaces an earlier one. */
export function assign(scope: Scope, name: string, value: Node): void {
  scope.variables.updates.set(join(scope.path, name), value);
}

/** The buffer's value as assigned so far in this step, else as the step found it. */
export function latest(scope: Scope, name: string): Node {
  const full = join(scope.path, name);
  const node = scope.variables.updates.get(full) ?? scope.variables.nodes.get(full);
  if (!node) throw new Error(`no variable "${full}"`);
  return node;
}

function makeScope(
  place: Pick<Scope, 'variables' | 'mode' | 'normSplits' | 'path'>,
  parameter: Scope['parameter'],
): Scope {
  const { variables, mode, normSplits, path } = place;
  return {
    path,
    mode,
    normSplits,
    variables,
    parameter: (name, shape, initializer) => parameter(join(path, name), shape, initializer),
    child: (name) => makeScope({ variables, mode, normSplits, path: join(path, name) }, parameter),
  };
}

function declare(variables: Variables, variable: Variable): Node {
  const { name, shape } = variable;
  const known = variables.nodes.get(name);
  if (known) {
    if (sameShape(known.shape, shape)) return known;
    throw new Error(`"${name}" is ${formatShape(known.shape)} and cannot also be ${formatShape(shape)}`);
  }
  const node = state(name, shape, variable.dtype);
  variables.declared.set(name, variable);
  variables.states.set(name, node);
  variables.nodes.set(name, node);
  return node;
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
