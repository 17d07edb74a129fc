import type { Tensor as OrtTensor } from 'onnxruntime-node';
import { graphFeeds } from '../../graph/graph.ts';
import { staticShape } from '../../graph/shape.ts';
import type { LoweredModel } from '../../lower/lowering.ts';
import type { SealedModel } from '../../lower/sealResults.ts';
import type { Program, Tensors } from '../executor.ts';
import { checkFeeds } from '../checkTensors.ts';
import { allocate, fromOrt, resultOf, toOrt } from './ortTensor.ts';
import { createCalls, type ProgramParts } from './programParts.ts';
import { runSealed } from './sealedRun.ts';
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
  const { outputs } = lowered;
  if (isSealed(lowered)) {
    for (const { name, dtype, shape } of outputs.values())
      fetches[name] = allocate(dtype, staticShape(shape));
    await runSealed(session, lowered, inputs, fetches);
    store.commit(fetches);
    return tensorsOf(outputs, fetches);
  }
  for (const { name } of outputs.values()) fetches[name] = null;
  const results = await session.run(inputs, fetches);
  store.commit(results);
  return tensorsOf(outputs, results);
}

function isSealed(lowered: LoweredModel): lowered is SealedModel {
  return 'seal' in lowered;
}

function tensorsOf(
  outputs: LoweredModel['outputs'],
  results: Readonly<Record<string, OrtTensor | null>>,
): Tensors {
  return Object.fromEntries(
    [...outputs].map(([name, port]) => [name, fromOrt(resultOf(results, port.name), port.dtype)]),
  );
}
