import { graphFeeds, isOp, type Graph } from '../../graph/graph.ts';
import type { Node, Tensor } from '../../graph/node.ts';
import { mergeEqual } from '../../passes/mergeEqual.ts';
import { bindDims, checkDims } from '../bindDims.ts';
import type { Executor, Program, Tensors } from '../executor.ts';
import { checkFeeds } from '../checkTensors.ts';
import { createSerial } from '../serial.ts';
import { evaluate, type NamedTensors } from './evaluate.ts';
import { planTurns } from './plan.ts';
import type { TensorFlow, TfTensor } from './tensorFlow.ts';
import { tensorFlowKernels } from './tensorFlowKernels.ts';
import { createState } from './tensorFlowState.ts';
import { fromTensorFlow, toTensorFlow } from './transfer.ts';

/**
 * Runs graphs node by node with TensorFlow.js's ops, on whatever backend `tf` has chosen. The state stays in the
 * backend's memory; all that a step makes is freed with it.
 */
export function createTensorFlowExecutor(tf: TensorFlow): Executor {
  return {
    name: 'tensorflow',
    compile: async (graph, state) => {
      checkDims(graph);
      await tf.ready();
      return createProgram(tf, mergeEqual(graph), state);
    },
  };
}

/** A program whose calls are done one after the other. */
function createProgram(tf: TensorFlow, graph: Graph, given: Tensors): Program {
  const state = createState(tf, graph, given);
  const step = createStep(tf, graph);
  const serial = createSerial();
  let disposed = false;
  const whileAlive = <T>(task: () => Promise<T>): Promise<T> =>
    serial(() => {
      if (disposed) throw new Error('the program was disposed');
      return task();
    });
  return {
    load: (replaced) => whileAlive(async () => state.load(replaced)),
    step: (feeds) =>
      whileAlive(async () => {
        const { outputs, updates } = await step.run(feeds, state.values);
        state.replace(updates);
        return outputs;
      }),
    read: (names = state.names) => whileAlive(() => state.read(names)),
    dispose: () =>
      serial(async () => {
        if (disposed) return;
        disposed = true;
        state.dispose();
        step.dispose();
      }),
  };
}

interface Step {
  /** Outputs read back, updates in TensorFlow's memory. Errors: feeds that do not fit; what TensorFlow says. */
  run(
    feeds: Tensors,
    state: ReadonlyMap<string, TfTensor>,
  ): Promise<{ outputs: Tensors; updates: NamedTensors }>;
  dispose(): void;
}

function createStep(tf: TensorFlow, graph: Graph): Step {
  const declared = graphFeeds(graph);
  const turns = planTurns(graph);
  const kernels = tensorFlowKernels(tf);
  const constants = new Map<Node, TfTensor>();
  for (const { node } of turns) {
    if (isOp(node, 'constant')) constants.set(node, toTensorFlow(tf, node.attributes.value));
  }
  return {
    run: async (feeds, state) => {
      checkFeeds(declared, feeds);
      const sizes = bindDims([...declared].map(([name, node]) => [node, feeds[name]] as const));
      const results = evaluate(tf, { graph, turns, kernels, constants, state, feeds, sizes });
      return { outputs: await takeOutputs(graph, results), updates: results.updates };
    },
    dispose: () => constants.forEach((value) => value.dispose()),
  };
}

/** Reads the outputs and frees them; where that fails, the updates too. */
async function takeOutputs(
  graph: Graph,
  { outputs, updates }: { readonly outputs: NamedTensors; readonly updates: NamedTensors },
): Promise<Tensors> {
  try {
    const read: Record<string, Tensor> = {};
    for (const [name, { dtype }] of Object.entries(graph.outputs)) {
      read[name] = await fromTensorFlow(outputs[name], dtype);
    }
    return read;
  } catch (error) {
    for (const value of Object.values(updates)) value.dispose();
    throw error;
  } finally {
    for (const value of Object.values(outputs)) value.dispose();
  }
}
