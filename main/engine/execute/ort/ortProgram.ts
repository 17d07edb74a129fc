import type { InferenceSession } from 'onnxruntime-node';
import { graphFeeds, type Graph } from '../../graph/graph.ts';
import type { LoweredModel } from '../../lower/lowering.ts';
import type { Program, Tensors } from '../executor.ts';
import { checkFeeds } from '../checkTensors.ts';
import { loadChecked, readNamed, type StateType } from './stateTypes.ts';
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
    load: (state) => whileAlive(() => loadChecked(store, types, state)),
    step: (given) =>
      whileAlive(async () => {
        checkFeeds(feeds, given);
        return run(parts, given);
      }),
    read: (names) => whileAlive(() => readNamed(store, types, names)),
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
