import { Tensor as OrtTensor } from 'onnxruntime-node';
import { graphFeeds } from '../../graph/graph.ts';
import { elementCount, staticShape } from '../../graph/shape.ts';
import { checkFeeds } from '../checkTensors.ts';
import { allocate, cpuData, toOrt } from './ortTensor.ts';
import { createCalls, type ProgramParts } from './programParts.ts';
import { loadChecked, readNamed } from './stateTypes.ts';
import type { Tensor } from '../../graph/node.ts';
import type { LoopedModel } from '../../lower/loopSteps.ts';
import type { StepProgram, Tensors } from '../executor.ts';

/** Gathers the feeds of `length` steps and does them in one run: see `loopSteps`. */
export function createLoopProgram(parts: ProgramParts<LoopedModel>, length: number): StepProgram {
  const { graph, store, types } = parts;
  const feeds = graphFeeds(graph);
  const { whileAlive, dispose } = createCalls(parts);
  const stacks = new Map<string, OrtTensor>();
  for (const [name, { dtype, shape }] of feeds)
    stacks.set(name, allocate(dtype, [length, ...staticShape(shape)]));
  let pending = 0;
  let owed: Tensors[] = [];

  const catchUp = async (): Promise<void> => {
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
      whileAlive(async () => {
        checkFeeds(feeds, given);
        for (const [name, stack] of stacks) putRow(stack, pending, given[name]);
        pending++;
        if (pending === length) await catchUp();
        return known();
      }),
    flush: () =>
      whileAlive(async () => {
        await catchUp();
        return known();
      }),
    load: (state) =>
      whileAlive(async () => {
        await catchUp();
        await loadChecked(store, types, state);
      }),
    read: (names) =>
      whileAlive(async () => {
        await catchUp();
        return readNamed(store, types, names);
      }),
    dispose,
  };
}

/** Row `row` of a stack becomes a copy of a tensor. */
function putRow(stack: OrtTensor, row: number, value: Tensor): void {
  const data = cpuData(stack);
  data.set(cpuData(toOrt(value)), row * elementCount(value.shape));
}

/** The outputs of the first `count` of the stacked steps, oldest first. */
async function runSteps(
  { lowered, session, store }: ProgramParts<LoopedModel>,
  stacks: ReadonlyMap<string, OrtTensor>,
  count: number,
): Promise<Tensors[]> {
  const inputs = store.inputs();
  inputs[lowered.count] = new OrtTensor('int64', BigInt64Array.of(BigInt(count)), []);
  for (const [name, port] of lowered.feeds) {
    const stack = stacks.get(name);
    if (stack) inputs[port.name] = stack;
  }
  const fetches = store.fetches();
  for (const port of lowered.outputs.values()) fetches[port.name] = null;
  const results = await session.run(inputs, fetches);
  store.commit(results);
  return Array.from({ length: count }, (_, row) =>
    Object.fromEntries(
      [...lowered.outputs].map(([name, { name: all, dtype }]) => {
        const [, ...shape] = results[all].dims;
        const size = elementCount(shape);
        const data = cpuData(results[all]).slice(row * size, (row + 1) * size);
        return [name, { dtype, shape, data }];
      }),
    ),
  );
}
