import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A process of our own that runs a script, as the side that started it sees it. */
export interface HostProcess {
  /** One that has just gone cannot be told anything; `onEnd` says so. */
  post(message: unknown): void;
  /** Ends it at once, whatever it is doing. */
  kill(): void;
  onMessage(listener: (message: unknown) => void): void;
  /** What it writes to its standard error. */
  onWords(listener: (words: string) => void): void;
  /** Once, after its last message and its last word: how it ended, such as `SIGKILL` or `exit code 1`. */
  onEnd(listener: (ending: string) => void): void;
}

export interface ForkOptions {
  /** Absolute path of a module. */
  readonly script: string;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Starts a script in a process of its own; messages between the two are structured clones. */
export type Forker = (options: ForkOptions) => HostProcess;

let forker: Forker = forkNode;

/** From now on processes are started so. Electron's own executable is no Node, and its `utilityProcess` is to be used. */
export function useForker(other: Forker): void {
  forker = other;
}

export function startHostProcess(options: ForkOptions): HostProcess {
  return forker(options);
}

/** Node keeps here what it makes of our TypeScript, so that a process starts in half the time; it checks the sources. */
const compiledFolder = fileURLToPath(new URL('../../node_modules/.cache/genoise-compiled', import.meta.url));

function forkNode({ script, arguments: given, environment }: ForkOptions): HostProcess {
  const child = fork(script, given, {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { NODE_COMPILE_CACHE: compiledFolder, ...environment },
  });
  return {
    post(message) {
      if (child.connected) child.send(message as object, () => undefined);
    },
    kill() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    },
    onMessage: (listener) => void child.on('message', listener),
    onWords: (listener) => void child.stderr?.on('data', (chunk: Buffer) => listener(chunk.toString())),
    onEnd(listener) {
      child.on('error', (error) => listener(error.message));
      // Unlike `exit`, `close` comes after the last message and the last word.
      child.on('close', (code, signal) => listener(signal ?? `exit code ${code}`));
    },
  };
}
