import type { InferenceSession } from 'onnxruntime-node';
import { coreCount } from './coreCount.ts';
import type { LoweredModel, Lowering } from '../../lower/lowering.ts';

export type OrtDevice = 'cpu' | 'webgpu' | 'cuda';

export interface OrtOptions {
  readonly device: OrtDevice;
  /** Threads inside one operator; all physical cores where not given. */
  readonly threads?: number;
  /** Whether idle threads spin: a little faster, but they slow everything else down. Default: yes. */
  readonly spinning?: boolean;
  /** How graphs are written. Default: in the CPU's blocked layout where the device is the CPU and has one, else portably. */
  readonly lowering?: Lowering;
}

/** What ONNX Runtime is told for a session of a model on a device (measured: the fastest settings that are exact). */
export function sessionOptions(
  options: OrtOptions,
  { isFinished = false }: Pick<LoweredModel, 'isFinished'> = {},
): InferenceSession.SessionOptions {
  const { device, threads = coreCount(), spinning = true } = options;
  return {
    executionProviders: [device],
    graphOptimizationLevel: isFinished ? 'disabled' : 'all',
    executionMode: 'sequential',
    // One plan of all memory makes a step a few percent faster, and takes half as much again.
    enableMemPattern: device !== 'cpu',
    logSeverityLevel: 3,
    intraOpNumThreads: threads,
    extra: {
      session: {
        intra_op: { allow_spinning: spinning ? '1' : '0' },
        // A graph of which a node would run on the CPU is refused.
        disable_cpu_ep_fallback: device === 'webgpu' ? '1' : '0',
      },
      // 1.30 loses a value that is both multiplied by a reciprocal and an output (a momentum encoder's new scale).
      optimization: { disable_specified_optimizers: 'DivMulFusion' },
    },
  };
}
