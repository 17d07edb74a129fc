import { sessionOptions } from '../../main/engine/execute/ort/sessionOptions.ts';
import { lowerPortable } from '../../main/engine/lower/portable/lowerPortable.ts';
import { profileRuns, type ProfileEvent } from './profileRuns.ts';
import type { Tensors } from '../../main/engine/execute/executor.ts';
import type { Graph } from '../../main/engine/graph/graph.ts';

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
  // The first run compiles shaders; the profile of all is divided by the number of the runs.
  const options = sessionOptions({ device: 'webgpu' });
  const events = await profileRuns(lowerPortable(graph), options, { feeds, state }, runs);
  return sumByOperator(events.filter(({ cat }) => cat === 'Api'));
}

/** Of the kernels, named `node&operator&kernel`; microseconds between the GPU's own time stamps. */
function sumByOperator(events: readonly ProfileEvent[]): KernelTimes {
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
