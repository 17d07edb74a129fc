import './noTelemetry.ts';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { add, conv2d, feed, makeNode, multiply, reduceSum, relu, state } from '../../graph/ops.ts';
import { emitBlocked } from '../../lower/cpu/blockedOps.ts';
import { lowerCpu } from '../../lower/cpu/lowerCpu.ts';
import type { LoweredModel, Lowering } from '../../lower/lowering.ts';
import { createEmitter } from '../../lower/onnx/emitter.ts';
import { lowerPortable } from '../../lower/portable/lowerPortable.ts';
import type { Graph } from '../../graph/graph.ts';
import { sessionOptions } from './sessionOptions.ts';

let known: Promise<Lowering> | undefined;

/**
 * How graphs are written for this machine's CPU: in its blocked layout where a small graph of every kind of blocked
 * operation comes out right, else portably, and says so. Tried once a process; takes a moment.
 */
export function cpuLowering(): Promise<Lowering> {
  known ??= chooseLowering();
  return known;
}

async function chooseLowering(): Promise<Lowering> {
  try {
    const block = await blockSize();
    if (block % 4 === 0 && block <= 64 && (await computesRightly(block)))
      return (graph) => lowerCpu(graph, block);
  } catch {
    // Without the internal operators, or with others under their names, the portable way remains.
  }
  process.emitWarning('ONNX Runtime’s fast layout does not work on this CPU: training is slower');
  return lowerPortable;
}

/** Channels that lie together on this machine: those that a reordered image of 4 has. Errors where there is no reorder. */
export async function blockSize(): Promise<number> {
  const onnx = createEmitter();
  onnx.emitNamed('Identity', [emitBlocked(onnx, 'ReorderInput', ['x'])], 'y');
  const model = onnx.encode(
    [{ name: 'x', dtype: 'float32', shape: [1, 4, 1, 1] }],
    [{ name: 'y', dtype: 'float32', shape: 'any' }],
  );
  const { y } = await runOnce(model, { x: new OrtTensor('float32', new Float32Array(4), [1, 4, 1, 1]) });
  return y.dims[1];
}

/** Whether the blocked lowering gives what the portable one gives. */
export async function computesRightly(block: number): Promise<boolean> {
  const graph = selfTest(block);
  const [expected, actual] = [await resultsOf(lowerPortable(graph)), await resultsOf(lowerCpu(graph, block))];
  return expected.every((values, output) => {
    const scale = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
    return values.every((value, i) => Math.abs(value - actual[output][i]) <= 1e-4 * scale);
  });
}

/** Convolutions of stride 1 and 2 with their gradients, an affine map with sum and ReLU, sums over positions. */
function selfTest(block: number): Graph {
  const [stride, padding] = [2, 1];
  const x = feed('x', [block, block, 4, 4]);
  const [w1, w2] = [state('w1', [2 * block, block, 3, 3]), state('w2', [block, 2 * block, 3, 3])];
  const small = conv2d(x, w1, { stride, padding });
  const same = conv2d(small, w2, { stride: 1, padding });
  const inputSize = [4, 4] as const;
  const byX = makeNode('conv2dInputGradient', [small, w1], { stride, padding, inputSize });
  const byW = makeNode('conv2dWeightGradient', [x, small], { stride, padding, kernelSize: [3, 3] });
  const vector = feed('v', [block]);
  const shifted = relu(add(makeNode('channelAffine', [byX, vector, vector], {}), x));
  const sums = reduceSum(shifted, [0, 2, 3]);
  return { outputs: { same, byX, shifted, sums }, updates: { w1: multiply(byW, 2) } };
}

/** Outputs and updates, row-major, on inputs that are the same at each call. */
async function resultsOf(lowered: LoweredModel): Promise<(readonly number[])[]> {
  const inputs: Record<string, OrtTensor> = {};
  for (const [name, port] of [...lowered.feeds, ...lowered.states]) {
    const shape = port.shape.map(Number);
    const count = shape.reduce((product, size) => product * size, 1);
    const values = Float32Array.from({ length: count }, (_, i) => Math.sin(i * i + name.length + i));
    const order = lowered.states.has(name) ? lowered.orders?.get(name) : undefined;
    const data = Float32Array.from(order ? order.fromRowMajor(values) : values);
    inputs[port.name] = new OrtTensor('float32', data, shape);
  }
  const results = await runOnce(lowered.model, inputs);
  return [...lowered.outputs, ...lowered.updates].map(([name, port]) => {
    const order = lowered.updates.has(name) ? lowered.orders?.get(name) : undefined;
    const data = results[port.name].data as Float32Array;
    return [...(order ? order.toRowMajor(data) : data)];
  });
}

async function runOnce(
  model: Uint8Array,
  inputs: Readonly<Record<string, OrtTensor>>,
): Promise<InferenceSession.ReturnType> {
  const options = sessionOptions({ device: 'cpu', threads: 1, spinning: false });
  const session = await InferenceSession.create(model, options);
  try {
    return await session.run(inputs);
  } finally {
    await session.release();
  }
}
