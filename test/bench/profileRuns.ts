import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, type Tensor as OrtTensor } from 'onnxruntime-node';
import { toOrt } from '../../main/engine/execute/ort/ortTensor.ts';
import type { Tensors } from '../../main/engine/execute/executor.ts';
import type { LoweredModel } from '../../main/engine/lower/lowering.ts';

export interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  /** Microseconds. */
  readonly dur: number;
  readonly args?: {
    readonly op_name?: string;
    readonly input_type_shape?: readonly Readonly<Record<string, readonly number[]>>[];
    readonly output_type_shape?: readonly Readonly<Record<string, readonly number[]>>[];
    /** Bytes of inputs that other operators or the caller made, of constants, and of outputs. */
    readonly activation_size?: string;
    readonly parameter_size?: string;
    readonly output_size?: string;
  };
}

/** What ONNX Runtime's profiler tells of some runs in a session of their own. The state stays as it is. */
export async function profileRuns(
  lowered: LoweredModel,
  options: InferenceSession.SessionOptions,
  values: { readonly feeds: Tensors; readonly state: Tensors },
  runs: number,
): Promise<readonly ProfileEvent[]> {
  const folder = mkdtempSync(join(tmpdir(), 'genoise-bench-'));
  try {
    const session = await InferenceSession.create(lowered.model, {
      ...options,
      enableProfiling: true,
      profileFilePrefix: join(folder, 'profile'),
    });
    const inputs = modelInputs(lowered, values.feeds, values.state);
    for (let run = 0; run < runs; run++) await session.run(inputs);
    session.endProfiling();
    await session.release();
    return readEvents(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function modelInputs(lowered: LoweredModel, feeds: Tensors, state: Tensors): Record<string, OrtTensor> {
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
