import { state } from '../engine/graph/ops.ts';
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
}

/**
 * The variables that a model declares while its graph is built. Asking twice for one name gives the same
 * node, so calling a layer twice in one scope shares its weights.
 */
export interface Variables {
  readonly declared: Map<string, Variable>;
  readonly nodes: Map<string, Node>;
  /** What each variable becomes at the end of the step. */
  readonly updates: Map<string, Node>;
}

export function createVariables(): Variables {
  return { declared: new Map(), nodes: new Map(), updates: new Map() };
}

/** `training` normalises by the batch and updates running statistics, `inference` uses them. */
export type Mode = 'training' | 'inference';

/** A place in the tree of names ("encoder.layer1.0.conv1") in which layers declare their variables. */
export interface Scope {
  readonly path: string;
  readonly mode: Mode;
  readonly variables: Variables;
  /** The value of a trainable parameter in this step. */
  parameter(name: string, shape: readonly number[], initializer: Initializer): Node;
  child(name: string): Scope;
}

export function rootScope(variables: Variables, mode: Mode): Scope {
  return makeScope(variables, mode, '', (name, shape, initializer) =>
    declare(variables, { name, shape, dtype: 'float32', initializer, trainable: true }),
  );
}

/**
 * A scope that holds an exponential moving average of the parameters at `of`: θ' ← momentum·θ' + (1 − momentum)·θ,
 * where θ is the value before this step's gradient, and layers built in it read the new θ' (He et al. 2020,
 * equation 2). Its own buffers (running statistics) are separate. No gradient reaches θ through it, since θ' is
 * made of stop-gradient values by the caller's stopGradient on its outputs.
 * @param momentum a node of one element
 */
export function momentumScope(
  variables: Variables,
  mode: Mode,
  path: string,
  of: string,
  blend: MomentumBlend,
): Scope {
  return makeScope(variables, mode, path, (name, shape) => {
    const source = of + name.slice(path.length);
    const online = variables.nodes.get(source);
    if (!online)
      throw new Error(`"${name}" follows "${source}", which is not declared yet: build the encoder first`);
    const slow = declare(variables, {
      name,
      shape,
      dtype: 'float32',
      initializer: { kind: 'copy', of: source },
      trainable: false,
    });
    const moved = variables.updates.get(name) ?? blend(slow, online);
    variables.updates.set(name, moved);
    return moved;
  });
}

/** (momentum encoder's value, encoder's value) → the momentum encoder's next value. */
export type MomentumBlend = (slow: Node, online: Node) => Node;

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

function makeScope(variables: Variables, mode: Mode, path: string, parameter: Scope['parameter']): Scope {
  return {
    path,
    mode,
    variables,
    parameter: (name, shape, initializer) => parameter(join(path, name), shape, initializer),
    child: (name) => makeScope(variables, mode, join(path, name), parameter),
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
  variables.nodes.set(name, node);
  return node;
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
