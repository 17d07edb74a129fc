import type { InferenceSession } from 'onnxruntime-node';
import { graphFeeds, type Graph } from '../../graph/graph.ts';
import type { Tensor } from '../../graph/node.ts';
import type { LoweredModel } from '../../lower/lowering.ts';
import type { Program, Tensors } from '../executor.ts';
import { checkFeeds, checkTensor } from '../checkTensors.ts';
import type { StateType } from './cpuState.ts';
import { fromOrt, toOrt } from './ortTensor.ts';
import { createSerial } from '../serial.ts';
import type { StateStore } from './stateStore.ts';

interface ProgramParts {
  readonly graph: Graph;
  readonly lowered: LoweredModel;
  readonly session: InferenceSession;
  readonly store: StateStore;
  readonly types: ReadonlyMap<string, StateType>;
}

/** A program of one session and the store of its state. Its calls are done one after the other. */
export function createProgram(parts: ProgramParts): Program {
  const { graph, session, store, types } = parts;
  const feeds = graphFeeds(graph);
  const serial = createSerial();
  let disposed = false;
  const whileAlive = <T>(task: () => Promise<T>): Promise<T> =>
    serial(() => {
      if (disposed) throw new Error('the program was disposed');
      return task();
    });

  return {
    load: (state) =>
      whileAlive(async () => {
        const entries = Object.entries(state);
        for (const [name, value] of entries) {
          const { dtype, shape } = known(types, name);
          checkTensor(`state "${name}"`, value, dtype, shape);
        }
        for (const [name, value] of entries) await store.load(name, value);
      }),
    step: (given) =>
      whileAlive(async () => {
        checkFeeds(feeds, given);
        return run(parts, given);
      }),
    read: (names = [...types.keys()]) =>
      whileAlive(async () => {
        for (const name of names) known(types, name);
        const values: Record<string, Tensor> = {};
        for (const name of names) values[name] = await store.read(name);
        return values;
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

async function run({ lowered, session, store }: ProgramParts, given: Tensors): Promise<Tensors> {
  const inputs = store.inputs();
  for (const [name, port] of lowered.feeds) inputs[port.name] = toOrt(given[name]);
  const fetches = store.fetches();
  for (const port of lowered.outputs.values()) fetches[port.name] = null;
  const results = await session.run(inputs, fetches);
  store.commit(results);
  return Object.fromEntries(
    [...lowered.outputs].map(([name, port]) => [name, fromOrt(results[port.name], port.dtype)]),
  );
}

function known(types: ReadonlyMap<string, StateType>, name: string): StateType {
  const type = types.get(name);
  if (!type) throw new Error(`unknown state "${name}"`);
  return type;
}
