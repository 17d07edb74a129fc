import { genoiseError } from '../../shared/errors.ts';
import { probeDevice } from '../engine/execute/ort/devices.ts';
import type { ProbedDevice } from '../../shared/devices.ts';
import type { FoundDevice } from '../../shared/pretraining.ts';

/** A device that is slow to answer is no gain; nobody who did not ask for it should wait longer. */
const autoTimeLimit = 10_000;

export type Probe = (device: ProbedDevice, limit: { timeLimit?: number }) => Promise<FoundDevice>;

export interface ChosenDevice {
  readonly device: ProbedDevice;
  /** What each device reached in the trial that chose; null where none was needed. */
  readonly trial: readonly FoundDevice[] | null;
}

/**
 * Decides where ONNX Runtime does a job. `auto` takes the faster of GPU and CPU in a trial of about a second each, one
 * after the other: a GPU in software loses by itself. Where there is no GPU at all nothing is left to be tried.
 * @throws device-unavailable
 */
export async function chooseDevice(
  choice: ProbedDevice | 'auto',
  probe: Probe = probeDevice,
): Promise<ChosenDevice> {
  if (choice === 'cpu') return { device: 'cpu', trial: null };
  if (choice === 'auto') {
    const gpu = await probe('webgpu', { timeLimit: autoTimeLimit });
    if (!gpu.available) return { device: 'cpu', trial: [gpu] };
    const trial = [await probe('cpu', {}), gpu];
    return { device: fasterOf(trial), trial };
  }
  const { available, reason } = await probe(choice, {});
  if (available) return { device: choice, trial: null };
  throw genoiseError('device-unavailable', {
    device: choice,
    reason: reason ?? 'it is not supported',
    found: ['cpu'],
  });
}

function fasterOf(trial: readonly FoundDevice[]): ProbedDevice {
  const [fastest] = trial.toSorted((a, b) => (b.gigaflops ?? 0) - (a.gigaflops ?? 0));
  return fastest?.device ?? 'cpu';
}
