import { fileURLToPath } from 'node:url';
import { startHostProcess, type HostProcess } from './hostProcess.ts';
import type { JobName, MessageToWorker } from '../../shared/jobs.ts';

type Environment = Readonly<Record<string, string>>;

const entry = fileURLToPath(new URL('./entry.ts', import.meta.url));
const warm = new Map<string, HostProcess>();

/** Starts the process of a job that somebody will soon ask for, and lets it load what that needs. */
export function warmUp(job: JobName, environment: Environment): void {
  const key = keyOf(job, environment);
  if (warm.has(key)) return;
  const child = startProcess(environment);
  const message: MessageToWorker = { kind: 'prepare', job };
  child.post(message);
  child.onEnd(() => {
    if (warm.get(key) === child) warm.delete(key);
  });
  warm.set(key, child);
}

/** Ends what was warmed up and nobody asked for. */
export function coolDown(): void {
  for (const child of warm.values()) child.kill();
  warm.clear();
}

/** The process that was warmed up for this, or a new one. */
export function takeProcess(job: JobName, environment: Environment): HostProcess {
  const key = keyOf(job, environment);
  const child = warm.get(key) ?? startProcess(environment);
  warm.delete(key);
  return child;
}

function keyOf(job: JobName, environment: Environment): string {
  return JSON.stringify([job, environment]);
}

function startProcess(environment: Environment): HostProcess {
  return startHostProcess({
    script: entry,
    arguments: [],
    // ONNX Runtime's, for whatever runs in there or is started from there: nothing leaves this machine.
    environment: { ...process.env, ORT_DISABLE_TELEMETRY: '1', ...environment },
  });
}
