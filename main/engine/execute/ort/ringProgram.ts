import { graphStates, type Graph } from '../../graph/graph.ts';
import { ringOutputs } from '../../passes/ringOutputs.ts';
import { createSerial } from '../serial.ts';
import type { Program, StepProgram, Tensors } from '../executor.ts';

export interface RingOptions {
  /** Steps whose outputs the device keeps: at least that often they are read. Default 16. */
  readonly length?: number;
  /** They are read earlier where the last time is longer ago than this. Default 250 ms. */
  readonly milliseconds?: number;
  readonly now?: () => number;
}

/**
 * Steps whose outputs stay on the device: several are read at once, so that no step waits for a number to come back and
 * the device always has the next step before it ends the last.
 */
export async function createRingProgram(
  compile: (graph: Graph, state: Tensors) => Promise<Program>,
  graph: Graph,
  state: Tensors,
  { length = 16, milliseconds = 250, now = () => performance.now() }: RingOptions = {},
): Promise<StepProgram> {
  const { graph: ringed, ring, empty, outputsOf } = ringOutputs(graph, length);
  const program = await compile(ringed, { ...state, [ring]: empty });
  const names = [...graphStates(graph).keys()];
  const serial = createSerial();
  let pending = 0;
  let readAt = now();

  const flush = async (): Promise<readonly Tensors[]> => {
    const count = pending;
    const values = count === 0 ? {} : await program.read([ring]);
    pending = 0;
    readAt = now();
    return count === 0 ? [] : outputsOf(values[ring], count);
  };
  return {
    load: (given) => serial(() => program.load(given)),
    step: (feeds) =>
      serial(async () => {
        await program.step(feeds);
        pending++;
        return pending === length || now() - readAt >= milliseconds ? flush() : [];
      }),
    flush: () => serial(flush),
    read: (asked) => serial(() => program.read(asked ?? names)),
    dispose: () => serial(() => program.dispose()),
  };
}
