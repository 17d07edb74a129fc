import { sessionOptions } from '../../main/engine/execute/ort/sessionOptions.ts';
import { profileRuns, type ProfileEvent } from './profile.ts';
import { median } from './statistics.ts';
import type { Tensors } from '../../main/engine/execute/executor.ts';
import type { LoweredModel } from '../../main/engine/lower/lowering.ts';

const warmup = 2;
const runs = 5;

/**
 * Milliseconds of one step by operator, most first, as ONNX Runtime's profiler counts them: medians of single
 * operators, summed.
 */
export async function millisecondsByOp(
  lowered: LoweredModel,
  feeds: Tensors,
  state: Tensors,
): Promise<Readonly<Record<string, number>>> {
  const options = sessionOptions({ device: 'cpu', threads: 2 }, lowered);
  return sumByOp(await profileRuns(lowered, options, { feeds, state }, warmup + runs));
}

function sumByOp(events: readonly ProfileEvent[]): Readonly<Record<string, number>> {
  const nodes = new Map<string, { readonly op: string; readonly durations: number[] }>();
  for (const { cat, name, dur, args } of events) {
    if (cat !== 'Node' || !name.endsWith('kernel_time')) continue;
    const node = nodes.get(name) ?? { op: args?.op_name ?? 'unknown', durations: [] };
    node.durations.push(dur / 1000);
    nodes.set(name, node);
  }
  const sums = new Map<string, number>();
  for (const { op, durations } of nodes.values())
    sums.set(op, (sums.get(op) ?? 0) + median(durations.slice(warmup)));
  const sorted = [...sums].sort(([, a], [, b]) => b - a);
  return Object.fromEntries(sorted.map(([op, sum]) => [op, Math.round(sum * 10) / 10]));
}
