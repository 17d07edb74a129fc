import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { sessionOptions } from '../../main/engine/execute/ort/sessionOptions.ts';
import { lowerPortable } from '../../main/engine/lower/portable/lowerPortable.ts';
import { modelInputs } from './opKinds.ts';
import type { Tensors } from '../../main/engine/execute/executor.ts';
import type { Graph } from '../../main/engine/graph/graph.ts';

/** `name` is `node&operator&kernel`; microseconds between the GPU's own time stamps. */
interface KernelEvent {
  readonly cat: string;
  readonly name: string;
  readonly dur: number;
}

const runs = 3;

export interface KernelTimes {
  /** Milliseconds of a step in all kernels. */
  readonly total: number;
  /** By the operator that they belong to, most first. */
  readonly byOperator: Readonly<Record<string, number>>;
  /** Kernels that a step starts. */
  readonly kernels: number;
}

/** What the kernels of one step take on WebGPU, from a session of its own in which ONNX Runtime's profiler counts. */
export async function kernelTimes(graph: Graph, state: Tensors, feeds: Tensors): Promise<KernelTimes> {
  const folder = mkdtempSync(join(tmpdir(), 'genoise-bench-'));
  const lowered = lowerPortable(graph);
  const session = await InferenceSession.create(lowered.model, {
    ...sessionOptions({ device: 'webgpu' }),
    enableProfiling: true,
    profileFilePrefix: join(folder, 'profile'),
  });
  const inputs = modelInputs(lowered, feeds, state);
  // The first run compiles shaders; the profile of all is divided by the number of the runs.
  for (let run = 0; run < runs; run++) await session.run(inputs);
  session.endProfiling();
  await session.release();
  const events = readKernels(folder);
  rmSync(folder, { recursive: true });
  return sumByOperator(events);
}

function readKernels(folder: string): readonly KernelEvent[] {
  const [file] = readdirSync(folder);
  if (file === undefined) throw new Error('ONNX Runtime wrote no profile');
  const events = JSON.parse(readFileSync(join(folder, file), 'utf8')) as KernelEvent[];
  return events.filter(({ cat }) => cat === 'Api');
}

function sumByOperator(events: readonly KernelEvent[]): KernelTimes {
  const sums = new Map<string, number>();
  for (const { name, dur } of events) {
    const operator = name.split('&')[1] ?? 'unknown';
    sums.set(operator, (sums.get(operator) ?? 0) + dur / 1000 / runs);
  }
  const sorted = [...sums].sort(([, a], [, b]) => b - a);
  return {
    total: rounded(sorted.reduce((sum, [, each]) => sum + each, 0)),
    byOperator: Object.fromEntries(sorted.map(([operator, sum]) => [operator, rounded(sum)])),
    kernels: Math.round(events.length / runs),
  };
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}
