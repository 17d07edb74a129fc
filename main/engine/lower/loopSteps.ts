import { onnxDataType, type OnnxType } from './onnx/dataType.ts';
import { valueInfo } from './onnx/port.ts';
import { decodeModel, encodeModel, type NodeProto, type ValueInfoProto } from './onnx/schema.ts';
import type { LoweredModel, ModelValue } from './lowering.ts';

/** A model that does several steps in one run, and the names of its inputs and outputs. */
export interface LoopedModel extends LoweredModel {
  /** The input that says how many of the stacked steps are done: int64 []. */
  readonly count: string;
}

const [iteration, goOn, goingOn, count] = ['loop:iteration', 'loop:go', 'loop:going', 'loop:count'];
type Ports = ReadonlyMap<string, ModelValue>;

/**
 * Puts a model of one step into ONNX's `Loop`, however it was lowered: updated states are carried from step to step
 * inside of one run, feeds come stacked, [steps, …] each, and outputs go stacked. So a runtime that gives all results
 * back after each run moves the state once in many steps.
 *
 * The names of a state, an update, a feed and an output `x` in the new model are `first:x`, `last:x`, `all:x`,
 * `each:x`; states that are only read keep theirs.
 */
export function loopSteps(step: LoweredModel, steps: number): LoopedModel {
  const { graph, ...rest } = decodeModel(step.model);
  const carried = [...step.updates.keys()].map((name) => carriedState(step, name));
  const feeds = stacked(step.feeds, 'all', steps);
  const outputs = stacked(step.outputs, 'each', steps);
  const body = {
    ...graph,
    name: 'step',
    node: [...feedNodes(step.feeds, feeds), ...graph.node, node('Identity', [goOn], [goingOn])],
    input: [
      scalarOf(iteration, 'int64'),
      scalarOf(goOn, 'bool'),
      ...carried.map(({ inside }) => valueInfo(inside)),
    ],
    output: [
      scalarOf(goingOn, 'bool'),
      ...carried.map(({ update }) => valueInfo(update)),
      ...[...step.outputs.values()].map(valueInfo),
    ],
  };
  const loop: NodeProto = {
    ...node('Loop', [count, '', ...carried.map(({ first }) => first.name)], []),
    output: [...carried.map(({ last }) => last.name), ...[...outputs.values()].map(({ name }) => name)],
    attribute: [{ name: 'body', type: 5, g: body }],
  };
  const { states, updates } = carriedPorts(step, carried);
  const inputs = [...feeds.values(), ...states.values()].map(valueInfo);
  const results = [...updates.values(), ...outputs.values()].map(valueInfo);
  const model = encodeModel({
    ...rest,
    graph: {
      name: graph.name,
      node: [loop],
      initializer: [],
      input: [scalarOf(count, 'int64'), ...inputs],
      output: results,
    },
  });
  // What a loop does with its first value when it writes the last one is its own affair.
  return { ...step, model, feeds, states, outputs, updates, inPlace: new Set(), count };
}

interface CarriedState {
  readonly name: string;
  /** Inside of the loop, before a step and after it. */
  readonly inside: ModelValue;
  readonly update: ModelValue;
  /** Outside, before the first step and after the last. */
  readonly first: ModelValue;
  readonly last: ModelValue;
}

function carriedState({ states, updates }: LoweredModel, name: string): CarriedState {
  const update = updates.get(name);
  if (!update) throw new Error(`"${name}" is not updated`);
  const named = (as: string): ModelValue => ({ ...update, name: `${as}:${name}` });
  // A state that is only written is carried too: what was written last is what remains.
  const inside = states.get(name) ?? named('unread');
  return { name, inside, update, first: named('first'), last: named('last') };
}

function carriedPorts(
  { states }: LoweredModel,
  carried: readonly CarriedState[],
): { readonly states: Ports; readonly updates: Ports } {
  return {
    states: new Map([...states, ...carried.map(({ name, first }) => [name, first] as const)]),
    updates: new Map(carried.map(({ name, last }) => [name, last])),
  };
}

/** Each value with one more axis in front. The last steps of a run may be fewer: the size is left open. */
function stacked(ports: Ports, prefix: string, steps: number): Ports {
  return new Map(
    [...ports].map(([name, { dtype, shape }]) => [
      name,
      {
        name: `${prefix}:${name}`,
        dtype,
        shape: [prefix === 'all' ? steps : 'loop:steps', ...shape],
      },
    ]),
  );
}

/** Each feed of a step is a row of the stacked ones. */
function feedNodes(feeds: Ports, all: Ports): NodeProto[] {
  return [...feeds].map(([name, { name: inside }]) =>
    node('Gather', [all.get(name)?.name ?? '', iteration], [inside]),
  );
}

function node(opType: string, input: readonly string[], output: readonly string[]): NodeProto {
  return { name: `${opType}:${output.join()}`, opType, input, output, attribute: [], domain: '' };
}

function scalarOf(name: string, type: OnnxType): ValueInfoProto {
  return { name, type: { tensorType: { elemType: onnxDataType[type], shape: { dim: [] } } } };
}
