import { fork as forkNode, type ChildProcess, type StdioOptions } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { app } from './app.ts';
import type { Readable } from 'node:stream';

const parentPort = new URL('./parentPort.ts', import.meta.url).href;

interface ForkOptions {
  readonly env: Record<string, string>;
  readonly stdio: readonly string[];
  readonly serviceName: string;
}

/** Electron's utility process, as a real process of Node: the port, the end, the event of a death. */
class StandInUtilityProcess extends EventEmitter {
  readonly #child: ChildProcess;

  constructor(script: string, given: readonly string[], { env, stdio, serviceName }: ForkOptions) {
    super();
    this.#child = forkNode(script, given, {
      serialization: 'advanced',
      execArgv: ['--import', parentPort],
      stdio: [...stdio, 'ipc'] as StdioOptions,
      env,
    });
    this.#child.on('message', (message) => this.emit('message', message));
    this.#child.on('exit', (code, signal) => {
      const reason = signal === null ? 'abnormal-exit' : signal === 'SIGKILL' ? 'killed' : 'crashed';
      const details = { type: 'Utility', reason: code === 0 ? 'clean-exit' : reason, exitCode: code ?? 9 };
      app.emit('child-process-gone', {}, { ...details, name: serviceName });
      this.emit('exit', code ?? 9);
    });
  }

  get pid(): number | undefined {
    return this.#child.exitCode === null && this.#child.signalCode === null ? this.#child.pid : undefined;
  }

  get stdout(): Readable | null {
    return this.#child.stdout;
  }

  get stderr(): Readable | null {
    return this.#child.stderr;
  }

  /** A structured clone, as the real one makes: a Buffer arrives as bytes. */
  postMessage(message: unknown): void {
    if (this.#child.connected) this.#child.send(structuredClone(message) as object, () => undefined);
  }

  kill(): boolean {
    return this.#child.kill('SIGTERM');
  }
}

export const utilityProcess = {
  fork: (script: string, given: readonly string[], options: ForkOptions) =>
    new StandInUtilityProcess(script, given, options),
};
