import { execFile } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';

/** Memory of the GPU that is taken while something runs. */
export interface GpuMemoryWatch {
  /** Ends it. @returns the most that was taken beyond what was taken before, MB; null where nobody tells */
  peak(): Promise<number | null>;
}

const secondsBetween = 0.5;

/** Asks NVIDIA's tool twice a second. */
export function watchGpuMemory(): GpuMemoryWatch {
  const stop = new AbortController();
  const watching = watch(stop.signal);
  return {
    peak: () => {
      stop.abort();
      return watching;
    },
  };
}

async function watch(signal: AbortSignal): Promise<number | null> {
  const before = await usedMegabytes();
  if (before === null) return null;
  let most = before;
  while (!signal.aborted) {
    most = Math.max(most, (await usedMegabytes()) ?? 0);
    await setTimeout(1000 * secondsBetween, undefined, { signal }).catch(() => undefined);
  }
  return most - before;
}

async function usedMegabytes(): Promise<number | null> {
  try {
    const { stdout } = await promisify(execFile)('nvidia-smi', [
      '--query-gpu=memory.used',
      '--format=csv,noheader,nounits',
    ]);
    return Number(stdout.split('\n')[0]);
  } catch {
    return null;
  }
}
