import { fileURLToPath } from 'node:url';
import { app, utilityProcess, type UtilityProcess } from 'electron';
import { isScriptMessage } from '../../shared/scriptMessages.ts';
import { createScriptServer } from './scriptServer.ts';
import type { Forker, ForkOptions, HostProcess } from '../app/useForker.ts';

/** Runs one of our scripts to its end in a utility process, which by itself would not end with it. */
const scriptEntry = fileURLToPath(new URL('./utilityScript.ts', import.meta.url));
let started = 0;

/**
 * Starts jobs in Electron's utility processes: in a packaged application its executable is no Node, so that nobody can
 * use it as one. A job's own scripts are started from here too, at its request.
 */
export const forkUtility: Forker = (options) => {
  const { child, onEnd } = start(options, 'ignore');
  const post = (message: unknown): void => child.postMessage(message);
  const scripts = createScriptServer(runScript, post);
  onEnd(() => scripts.close());
  return {
    post,
    kill: () => kill(child),
    onMessage: (listener) =>
      void child.on('message', (message: unknown) => {
        if (isScriptMessage(message)) scripts.take(message);
        else listener(message);
      }),
    onWords: (listener) => void child.stderr?.on('data', (chunk: Buffer) => listener(chunk.toString())),
    onEnd,
  };
};

/** A script's process: what it prints is its answer. */
export interface ScriptProcess extends Pick<HostProcess, 'kill' | 'onWords' | 'onEnd'> {
  onOutput(listener: (text: string) => void): void;
}

function runScript(script: string, given: readonly string[]): ScriptProcess {
  const environment = { ...process.env, ORT_DISABLE_TELEMETRY: '1' };
  const options = { script: scriptEntry, arguments: [script, ...given], environment };
  const { child, onEnd } = start(options, 'pipe');
  return {
    kill: () => kill(child),
    onOutput: (listener) => void child.stdout?.on('data', (chunk: Buffer) => listener(chunk.toString())),
    onWords: (listener) => void child.stderr?.on('data', (chunk: Buffer) => listener(chunk.toString())),
    onEnd,
  };
}

/** How a process ended comes from two sides: its exit code, and for one that died of something Electron's word for it. */
function start(
  { script, arguments: given, environment }: ForkOptions,
  output: 'ignore' | 'pipe',
): { readonly child: UtilityProcess; readonly onEnd: HostProcess['onEnd'] } {
  const serviceName = `Genoise job ${++started}`;
  const child = utilityProcess.fork(script, [...given], {
    env: definedOnly(environment),
    stdio: ['ignore', output, 'pipe'],
    serviceName,
  });
  const listeners: ((ending: string) => void)[] = [];
  const end = (ending: string): void => {
    app.off('child-process-gone', gone);
    for (const listener of listeners.splice(0)) listener(ending);
  };
  const gone = (_event: unknown, { name, reason, exitCode }: Electron.Details): void => {
    if (name === serviceName && reason !== 'clean-exit') end(`${reason}, exit code ${exitCode}`);
  };
  app.on('child-process-gone', gone);
  // Its last messages and words may still be on their way.
  child.on('exit', (code) => setTimeout(() => end(`exit code ${code}`), lastWordsMs));
  return { child, onEnd: (listener) => void listeners.push(listener) };
}

const lastWordsMs = 50;

/** At once: `kill` of a utility process only asks, and a job in the middle of a step does not listen. */
function kill(child: UtilityProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself in the meantime.
  }
}

function definedOnly(environment: ForkOptions['environment']): Record<string, string> {
  const entries = Object.entries(environment).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return Object.fromEntries(entries);
}
