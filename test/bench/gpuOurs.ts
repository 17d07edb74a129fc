/**
 * Our side of `npm run bench -- gpu`, in a process of its own: one part, named by the first argument. Prints one JSON
 * line, `GpuMeasure`.
 */
import { compileSteps } from '../../main/engine/execute/compileSteps.ts';
import { ortExecutor } from '../../main/engine/execute/ort/ortExecutor.ts';
import { add, matmul, sliceAxis, state } from '../../main/engine/graph/ops.ts';
import { kernelTimes } from './gpuKernels.ts';
import { operationsOf } from './operations.ts';
import { buildOurStep, type StepShape } from './ourStep.ts';
import type { GpuMeasure, GpuSizes } from './gpuRows.ts';
import type { StepProgram, Tensors } from '../../main/engine/execute/executor.ts';
import type { Graph } from '../../main/engine/graph/graph.ts';
import type { Tensor } from '../../main/engine/graph/node.ts';

const executor = ortExecutor({ device: 'webgpu' });

/** Steps a second once all is warm, as a training does them: in a row, none waiting for a number to come back. */
async function stepsPerSecond(program: StepProgram, feeds: Tensors, seconds: number): Promise<number> {
  for (let step = 0; step < 2; step++) await program.step(feeds);
  await program.flush();
  const begin = performance.now();
  const elapsed = (): number => (performance.now() - begin) / 1000;
  let steps = 0;
  while (steps === 0 || elapsed() < seconds) {
    await program.step(feeds);
    // Asked for and not done yet: the queue must not grow beyond the time that is measured.
    if (++steps % 8 === 0) await program.flush();
  }
  await program.flush();
  return steps / elapsed();
}

async function rateOf(graph: Graph, first: Tensors, seconds: number): Promise<number> {
  const program = await compileSteps(executor, graph, first);
  const rate = await stepsPerSecond(program, {}, seconds);
  await program.dispose();
  return rate;
}

function filled(shape: readonly number[]): Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return { dtype: 'float32', shape, data: new Float32Array(count).fill(1 / 64) };
}

/** c = a·b of [n, n], all three on the device. */
async function matmulCeiling(n: number, seconds: number): Promise<GpuMeasure> {
  const c = matmul(state('a', [n, n]), state('b', [n, n]));
  const corner = sliceAxis(sliceAxis(c, 0, 0, 1), 1, 0, 1);
  const first = { a: filled([n, n]), b: filled([n, n]) };
  const rate = await rateOf({ outputs: { corner }, updates: { c } }, first, seconds);
  return { value: (2 * n ** 3 * rate) / 1e9, unit: 'GFLOP/s' };
}

/** x + 1: each byte is read once and written once. */
async function copyCeiling(megabytes: number, seconds: number): Promise<GpuMeasure> {
  const shape = [megabytes, 1 << 18];
  const x = add(state('x', shape), 1);
  const corner = sliceAxis(sliceAxis(x, 0, 0, 1), 1, 0, 1);
  const rate = await rateOf({ outputs: { corner }, updates: { x } }, { x: filled(shape) }, seconds);
  return { value: (2 * megabytes * 2 ** 20 * rate) / 1e9, unit: 'GB/s' };
}

async function trainingStep(shape: StepShape, seconds: number): Promise<GpuMeasure> {
  const { graph, state: first, feeds } = buildOurStep(shape);
  const begin = performance.now();
  const program = await compileSteps(executor, graph, first);
  const prepared = performance.now() - begin;
  const rate = await stepsPerSecond(program, feeds, seconds);
  await program.dispose();
  return {
    value: shape.pairs * rate,
    unit: 'images/s',
    details: {
      stepMilliseconds: 1000 / rate,
      prepareMilliseconds: prepared,
      operations: operationsOf(graph),
    },
  };
}

async function kernels(shape: StepShape): Promise<GpuMeasure> {
  const { graph, state: first, feeds } = buildOurStep(shape);
  const { total, ...details } = await kernelTimes(graph, first, feeds);
  return { value: total, unit: 'ms in kernels', details };
}

async function measure(part: string, { shapes, n, megabytes, seconds }: GpuSizes): Promise<GpuMeasure> {
  if (part === 'matmul') return matmulCeiling(n, seconds);
  if (part === 'copy') return copyCeiling(megabytes, seconds);
  const [kind, index] = part.split(' ');
  const shape = shapes[Number(index)];
  return kind === 'kernels' ? kernels(shape) : trainingStep(shape, seconds);
}

const measured = await measure(process.argv[2], JSON.parse(process.argv[3]) as GpuSizes);
process.stdout.write(`${JSON.stringify(measured)}\n`);
