import { Tensor as OrtTensor, type InferenceSession } from 'onnxruntime-node';
import { graphFeeds, type Graph } from '../../graph/graph.ts';
import { elementCount, staticShape } from '../../graph/shape.ts';
import { checkFeeds } from '../checkTensors.ts';
import { createSerial } from '../serial.ts';
import { allocate, cpuData, toOrt } from './ortTensor.ts';
import { loadChecked, readNamed, type StateType } from './stateTypes.ts';
import type { Tensor } from '../../graph/node.ts';
import type { LoopedModel } from '../../lower/loopSteps.ts';
import type { StepProgram, Tensors } from '../executor.ts';
import type { StateStore } from './stateStore.ts';

interface LoopParts {
  readonly graph: Graph;
  readonly looped: LoopedModel;
  /** Steps of one run. */
  readonly length: number;
  readonly session: InferenceSession;
  readonly store: StateStore;
  readonly types: ReadonlyMap<string, StateType>;
}

/** Gathers the feeds of several steps and does them in one run: see `loopSteps`. */
export function createLoopProgram(parts: LoopParts): StepProgram {
  const { graph, length, session, store, types } = parts;
  const feeds = graphFeeds(graph);
  const serial = createSerial();
  const stacks = new Map<string, OrtTensor>();
  for (const [name, { dtype, shape }] of feeds)
    stacks.set(name, allocate(dtype, [length, ...staticShape(shape)]));
  let pending = 0;
  let owed: Tensors[] = [];
  let disposed = false;

  const catchUp = async (): Promise<void> => {
    if (disposed) throw new Error('the program was disposed');
    if (pending === 0) return;
    const results = await runSteps(parts, stacks, pending);
    owed.push(...results);
    pending = 0;
  };
  const known = (): readonly Tensors[] => {
    const outputs = owed;
    owed = [];
    return outputs;
  };
  return {
    step: (given) =>
      serial(async () => {
        if (disposed) throw new Error('the program was disposed');
        checkFeeds(feeds, given);
        for (const [name, stack] of stacks) putRow(stack, pending, given[name]);
        pending++;
        if (pending === length) await catchUp();
        return known();
      }),
    flush: () =>
      serial(async () => {
        await catchUp();
        return known();
      }),
    load: (state) =>
      serial(async () => {
        await catchUp();
        await loadChecked(store, types, state);
      }),
    read: (names) =>
      serial(async () => {
        await catchUp();
        return readNamed(store, types, names);
      }),
    dispose: () =>
      serial(async () => {
        if (disposed) return;
        disposed = true;
        await store.dispose();
        await session.release();
      }),
  };
}

/** Row `row` of a stack becomes a copy of a tensor. */
function putRow(stack: OrtTensor, row: number, value: Tensor): void {
  const data = cpuData(stack);
  data.set(cpuData(toOrt(value)), row * elementCount(value.shape));
}

/** The outputs of the first `count` of the stacked steps, oldest first. */
async function runSteps(
  { looped, session, store }: LoopParts,
  stacks: ReadonlyMap<string, OrtTensor>,
  count: number,
): Promise<Tensors[]> {
  const inputs = store.inputs();
  inputs[looped.count] = new OrtTensor('int64', BigInt64Array.of(BigInt(count)), []);
  for (const [name, port] of looped.feeds) {
    const stack = stacks.get(name);
    if (stack) inputs[port.name] = stack;
  }
  const fetches = store.fetches();
  for (const port of looped.outputs.values()) fetches[port.name] = null;
  const results = await session.run(inputs, fetches);
  store.commit(results);
  return Array.from({ length: count }, (_, row) =>
    Object.fromEntries(
      [...looped.outputs].map(([name, { name: all, dtype }]) => {
        const [, ...shape] = results[all].dims;
        const size = elementCount(shape);
        const data = cpuData(results[all]).slice(row * size, (row + 1) * size);
        return [name, { dtype, shape, data }];
      }),
    ),
  );
}
