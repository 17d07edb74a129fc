import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

const topology = '/sys/devices/system/cpu';

/**
 * Cores that this process may use. Two hardware threads of one core count once, since they share the units that
 * multiply. ONNX Runtime's own count is one too few where a virtual machine hides its topology.
 */
export function coreCount(): number {
  return Math.max(1, Math.min(availableParallelism(), linuxCores() ?? Infinity));
}

/** Null where the system does not tell. */
function linuxCores(): number | null {
  try {
    const processors = readdirSync(topology).filter((name) => /^cpu\d+$/.test(name));
    const siblings = processors.map((name) =>
      readFileSync(`${topology}/${name}/topology/thread_siblings_list`, 'utf8').trim(),
    );
    return siblings.length === 0 ? null : new Set(siblings).size;
  } catch {
    return null;
  }
}
