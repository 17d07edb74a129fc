import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, type Tensor as OrtTensor } from 'onnxruntime-node';
import { sessionOptions } from '../../main/engine/execute/ort/sessionOptions.ts';
import { toOrt } from '../../main/engine/execute/ort/ortTensor.ts';
import { median } from './statistics.ts';
import type { Tensors } from '../../main/engine/execute/executor.ts';
import type { LoweredModel } from '../../main/engine/lower/lowering.ts';

interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  /** Microseconds. */
  readonly dur: number;
  readonly args?: { readonly op_name?: string };
}

const warmup = 2;
const runs = 5;

/**
 * Milliseconds of one step by operator, most first, as ONNX Runtime's profiler counts them: medians of single
 * operators, summed. The state stays as it is.
 */
export async function millisecondsByOp(
  lowered: LoweredModel,
  feeds: Tensors,
  state: Tensors,
): Promise<Readonly<Record<string, number>>> {
  const folder = mkdtempSync(join(tmpdir(), 'genoise-bench-'));
  const session = await InferenceSession.create(lowered.model, {
    ...sessionOptions({ device: 'cpu', threads: 2 }),
    ...(lowered.isFinished === true ? { graphOptimizationLevel: 'disabled' } : {}),
    enableProfiling: true,
    profileFilePrefix: join(folder, 'profile'),
  });
  const inputs = modelInputs(lowered, feeds, state);
  for (let run = 0; run < warmup + runs; run++) await session.run(inputs);
  session.endProfiling();
  await session.release();
  const events = readEvents(folder);
  rmSync(folder, { recursive: true });
  return sumByOp(events);
}

export function modelInputs(
  lowered: LoweredModel,
  feeds: Tensors,
  state: Tensors,
): Record<string, OrtTensor> {
  const inputs: Record<string, OrtTensor> = {};
  for (const [name, port] of lowered.feeds) inputs[port.name] = toOrt(feeds[name]);
  for (const [name, port] of lowered.states) {
    const order = lowered.orders?.get(name);
    const { data } = state[name];
    inputs[port.name] = toOrt({ ...state[name], data: order ? order.fromRowMajor(data) : data });
  }
  return inputs;
}

function readEvents(folder: string): readonly ProfileEvent[] {
  const [file] = readdirSync(folder);
  if (file === undefined) throw new Error('ONNX Runtime wrote no profile');
  return JSON.parse(readFileSync(join(folder, file), 'utf8')) as ProfileEvent[];
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
