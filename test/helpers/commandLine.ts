import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const script = join(import.meta.dirname, '../../main/cli/index.ts');

/** How a command ended. */
export interface Ended {
  /** Exit status; null when a signal ended it. */
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** A command that is running, in a process group of its own: `kill(-pid)` is Ctrl-C on a terminal. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves once its output, of both kinds, matches. */
  readonly said: (pattern: RegExp) => Promise<void>;
}

/** Starts `genoise` with these arguments; it is killed if the running test ends first. */
export function startGenoise(args: readonly string[], environment: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, [script, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, ...environment },
  });
  let [out, err] = ['', ''];
  const listeners = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    listeners.forEach((listener) => listener());
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
    listeners.forEach((listener) => listener());
  });
  const ended = new Promise<Ended>((resolve) => child.on('close', (status) => resolve({ status, out, err })));
  const said = (pattern: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (pattern.test(out + err)) resolve();
      };
      listeners.add(look);
      look();
      void ended.then(() => reject(new Error(`it ended without saying ${pattern}: ${out}${err}`)));
    });
  return { child, ended, said };
}

/** Runs `genoise` to its end. */
export function genoise(args: readonly string[], environment: Record<string, string> = {}): Promise<Ended> {
  const { child, ended } = startGenoise(args, environment);
  killAfterTest(child);
  return ended;
}

/** Runs `genoise … --json`. @returns the object, which must be all that standard output holds */
export async function genoiseJson(
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<Ended & { readonly data: Record<string, unknown> }> {
  const ended = await genoise([...args, '--json'], environment);
  const lines = ended.out.split('\n');
  if (lines.length !== 2 || lines[1] !== '') {
    throw new Error(`standard output is not one line: ${ended.out}\n${ended.err}`);
  }
  return { ...ended, data: JSON.parse(lines[0]) as Record<string, unknown> };
}

/** Nothing outlives its test; outside of a test (in a hook) the hook waits for the end anyway. */
function killAfterTest(child: ChildProcess): void {
  try {
    onTestFinished(() => void child.kill('SIGKILL'));
  } catch {
    // In a hook.
  }
}
