import { graphStates, type Graph } from '../../graph/graph.ts';
import { ringOutputs } from '../../passes/ringOutputs.ts';
import { createSerial } from '../serial.ts';
import type { Program, StepProgram, Tensors } from '../executor.ts';

/** With one alone the device would always wait for the next. */
const fewest = 2;

export interface RingOptions {
  /** The most steps whose outputs the device keeps. Default 16. */
  readonly length?: number;
  /** About how far the device may be behind: so late outputs, or a wish to stop, may come. Default 1000 ms. */
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
  { length = 16, milliseconds = 1000, now = () => performance.now() }: RingOptions = {},
): Promise<StepProgram> {
  const { graph: ringed, ring, empty, outputsOf } = ringOutputs(graph, length);
  const program = await compile(ringed, { ...state, [ring]: empty });
  const names = [...graphStates(graph).keys()];
  const serial = createSerial();
  let pending = 0;
  let readAt = now();
  // The device takes steps faster than it does them: how many it may have is known once it has done one.
  let limit = 1;

  const flush = async (): Promise<readonly Tensors[]> => {
    const count = pending;
    const known = count === 0 ? [] : outputsOf((await program.read([ring]))[ring], count);
    const each = (now() - readAt) / count;
    if (count > 0) limit = Math.min(length, Math.max(fewest, Math.floor(milliseconds / each)));
    pending = 0;
    readAt = now();
    return known;
  };
  return {
    load: (given) => serial(() => program.load(given)),
    step: (feeds) =>
      serial(async () => {
        await program.step(feeds);
        pending++;
        return pending >= limit || now() - readAt >= milliseconds ? flush() : [];
      }),
    flush: () => serial(flush),
    read: (asked) => serial(() => program.read(asked ?? names)),
    dispose: () => serial(() => program.dispose()),
  };
}
