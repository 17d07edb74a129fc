import { execFile } from 'node:child_process';

/** One of our own scripts, run to its end. */
export interface ScriptRun {
  /** Absolute path of a module. */
  readonly script: string;
  readonly arguments: readonly string[];
  /** Milliseconds; it is killed when they are over. */
  readonly timeLimit?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface ScriptEnd {
  readonly output: string;
  /** The end of what it wrote to standard error. */
  readonly lastWords: string;
  /** How it ended when it did not end well, such as `SIGKILL`, `exit code 1`; null when it did. */
  readonly failure: string | null;
  readonly timedOut: boolean;
}

export type ScriptRunner = (run: ScriptRun) => Promise<ScriptEnd>;

const outputBytes = 256e6;
const wordsKept = 500;

let runner: ScriptRunner = runByNode;

/** From now on scripts are run so. Inside Electron only its main process can start processes that run scripts. */
export function useScriptRunner(other: ScriptRunner): void {
  runner = other;
}

/**
 * Runs a script in a process of its own. That it fails is an answer, not an error.
 * @throws the signal's reason when it is aborted
 */
export function runScript(run: ScriptRun): Promise<ScriptEnd> {
  return runner(run);
}

function runByNode({ script, arguments: given, timeLimit = 0, signal }: ScriptRun): Promise<ScriptEnd> {
  const options = {
    env: { ...process.env, NODE_OPTIONS: '' },
    maxBuffer: outputBytes,
    timeout: timeLimit,
    ...(signal && { signal }),
  };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [script, ...given], options, (error, stdout, stderr) => {
      if (error?.name === 'AbortError') {
        reject(signal?.reason instanceof Error ? signal.reason : error);
        return;
      }
      const failure = error === null ? null : (error.signal ?? `exit code ${error.code}`);
      const timedOut = error?.killed === true;
      resolve({ output: stdout, lastWords: stderr.trim().slice(-wordsKept), failure, timedOut });
    });
  });
}
