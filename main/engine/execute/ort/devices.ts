import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import type { ProbeAnswer } from './deviceProbe.ts';
import type { OrtDevice } from './sessionOptions.ts';

export interface DeviceProbe {
  readonly device: OrtDevice;
  readonly available: boolean;
  /** One sentence on why it is not available. */
  readonly reason: string | null;
  /** Measured speed of a matrix product, 10⁹ operations a second: a GPU in software is far slower than the CPU. */
  readonly gigaflops: number | null;
}

const devices: readonly OrtDevice[] = ['cpu', 'webgpu'];

/**
 * Tries each device with a tiny graph, in a process of its own each, because a broken driver may crash or hang
 * the process that loads it. Never fails: a device that does not answer in time is not available.
 * @param timeLimit milliseconds for each device
 */
export async function probeDevices({ timeLimit = 30_000 } = {}): Promise<readonly DeviceProbe[]> {
  return Promise.all(devices.map((device) => probeDevice(device, timeLimit)));
}

function probeDevice(device: OrtDevice, timeLimit: number): Promise<DeviceProbe> {
  const script = resolve(import.meta.dirname, 'deviceProbe.ts');
  // In a packaged application execPath is the application, which is then to behave as Node.
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
  return new Promise((done) => {
    execFile(process.execPath, [script, device], { env, timeout: timeLimit }, (error, stdout) => {
      const answer = error ? undefined : parseAnswer(stdout);
      const gigaflops = answer && 'gigaflops' in answer ? answer.gigaflops : null;
      const reason = answer && 'reason' in answer ? answer.reason : silenceOf(error, timeLimit);
      done({ device, available: gigaflops !== null, reason: gigaflops === null ? reason : null, gigaflops });
    });
  });
}

function parseAnswer(stdout: string): ProbeAnswer | undefined {
  try {
    return JSON.parse(stdout) as ProbeAnswer;
  } catch {
    return undefined;
  }
}

function silenceOf(
  error: { readonly killed?: boolean; readonly signal?: string | null; readonly message: string } | null,
  timeLimit: number,
): string {
  if (error?.killed === true) return `it did not answer within ${timeLimit / 1000} s`;
  if (error?.signal) return `its driver crashed (${error.signal})`;
  return error?.message ?? 'it gave no answer';
}
