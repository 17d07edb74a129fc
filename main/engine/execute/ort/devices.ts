import { fileURLToPath } from 'node:url';
import { runScript, type ScriptEnd } from '../scriptProcess.ts';
import type { ProbeAnswer } from './deviceProbe.ts';
import type { OrtDevice } from './sessionOptions.ts';

export interface DeviceProbe<Device extends OrtDevice = OrtDevice> {
  readonly device: Device;
  readonly available: boolean;
  /** One sentence on why it is not available. */
  readonly reason: string | null;
  /** Measured speed of training steps, 10⁹ operations a second: a GPU in software is far slower than the CPU. */
  readonly gigaflops: number | null;
}

const probeScript = fileURLToPath(new URL('./deviceProbe.ts', import.meta.url));

/**
 * Tries a device with a small graph for about a second, in a process of its own, because a broken driver may crash or
 * hang the process that loads it. Never fails: a device that does not answer in time is not available.
 * @param timeLimit milliseconds
 */
export async function probeDevice<Device extends OrtDevice>(
  device: Device,
  { timeLimit = 30_000 } = {},
): Promise<DeviceProbe<Device>> {
  const end = await runScript({ script: probeScript, arguments: [device], timeLimit });
  const answer = end.failure === null ? parseAnswer(end.output) : undefined;
  const gigaflops = answer && 'gigaflops' in answer ? answer.gigaflops : null;
  const reason = answer && 'reason' in answer ? answer.reason : silenceOf(end, timeLimit);
  return { device, available: gigaflops !== null, reason: gigaflops === null ? reason : null, gigaflops };
}

function parseAnswer(stdout: string): ProbeAnswer | undefined {
  try {
    return JSON.parse(stdout) as ProbeAnswer;
  } catch {
    return undefined;
  }
}

function silenceOf({ failure, lastWords, timedOut }: ScriptEnd, timeLimit: number): string {
  if (timedOut) return `it did not answer within ${timeLimit / 1000} s`;
  if (failure?.startsWith('SIG') === true) return `its driver crashed (${failure})`;
  return failure === null ? 'it gave no answer' : lastWords || failure;
}
