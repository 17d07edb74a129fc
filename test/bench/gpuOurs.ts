/**
 * Our side of `npm run bench -- gpu`, in a process of its own: one part, named by the first argument. Prints one JSON
 * line, `GpuMeasure`.
 */
import { compileSteps } from '../../main/engine/execute/compileSteps.ts';
import { ortExecutor } from '../../main/engine/execute/ort/ortExecutor.ts';
import { copyStep, matmulStep, type CeilingStep } from './ceilings.ts';
import { kernelTimes } from './gpuKernels.ts';
import { operationsOf } from './operations.ts';
import { buildOurStep, type StepShape } from './ourStep.ts';
import type { GpuMeasure, GpuSizes } from './gpuRows.ts';
import type { StepProgram, Tensors } from '../../main/engine/execute/executor.ts';

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

/** 10⁹ operations or bytes a second. */
async function ceiling({ graph, state, amount }: CeilingStep, seconds: number): Promise<number> {
  const program = await compileSteps(executor, graph, state);
  const rate = await stepsPerSecond(program, {}, seconds);
  await program.dispose();
  return amount * rate;
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
  if (part === 'matmul') return { value: await ceiling(matmulStep(n), seconds), unit: 'GFLOP/s' };
  if (part === 'copy') return { value: await ceiling(copyStep(megabytes), seconds), unit: 'GB/s' };
  const [kind, index] = part.split(' ');
  const shape = shapes[Number(index)];
  return kind === 'kernels' ? kernels(shape) : trainingStep(shape, seconds);
}

const measured = await measure(process.argv[2], JSON.parse(process.argv[3]) as GpuSizes);
process.stdout.write(`${JSON.stringify(measured)}\n`);
