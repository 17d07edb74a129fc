import { graphFeeds } from '../../graph/graph.ts';
import type { Program, Tensors } from '../executor.ts';
import { checkFeeds } from '../checkTensors.ts';
import { fromOrt, toOrt } from './ortTensor.ts';
import { createCalls, type ProgramParts } from './programParts.ts';
import { loadChecked, readNamed } from './stateTypes.ts';

/** A program of one session and the store of its state. Its calls are done one after the other. */
export function createProgram(parts: ProgramParts): Program {
  const { graph, store, types } = parts;
  const feeds = graphFeeds(graph);
  const { whileAlive, dispose } = createCalls(parts);
  return {
    load: (state) => whileAlive(() => loadChecked(store, types, state)),
    step: (given) =>
      whileAlive(async () => {
        checkFeeds(feeds, given);
        return run(parts, given);
      }),
    read: (names) => whileAlive(() => readNamed(store, types, names)),
    dispose,
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
