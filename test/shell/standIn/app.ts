import { EventEmitter } from 'node:events';
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { received } from './received.ts';
import { askForLock } from './singleInstance.ts';

/** Electron's `app`, as much of it as the shell uses. */
class StandInApp extends EventEmitter {
  isPackaged = process.env.STAND_IN_PACKAGED === 'true';
  readonly dock = undefined;
  readonly commandLine = {
    appendSwitch: (...given: string[]) => void received.switches.push(given),
  };
  #quitting = false;

  /** Ready once the main module has run, as the real one is. */
  readonly #ready = new Promise<void>((resolve) => setImmediate(resolve));

  whenReady(): Promise<void> {
    return this.#ready;
  }

  enableSandbox(): void {
    received.calls.push('enableSandbox');
  }

  disableHardwareAcceleration(): void {
    received.calls.push('disableHardwareAcceleration');
  }

  getPath(name: string): string {
    return name === 'home' ? homedir() : userData();
  }

  requestSingleInstanceLock(data: unknown): boolean {
    received.calls.push('requestSingleInstanceLock');
    return askForLock(userData(), data, (theirs) => this.emit('second-instance', {}, [], '', theirs));
  }

  /** Asks each window to close; only when none has refused is the end. */
  quit(): void {
    if (this.#quitting) return;
    this.#quitting = true;
    this.emit('before-quit', {});
    setImmediate(() => {
      this.#quitting = false;
      if (!this.#closeWindows()) return;
      this.emit('will-quit', {});
      this.exit(0);
    });
  }

  exit(code = 0): void {
    this.emit('stand-in-exit', code);
  }

  readonly windows = new Set<{ close(): void }>();

  #closeWindows(): boolean {
    for (const window of this.windows) window.close();
    return this.windows.size === 0;
  }
}

/** As Chromium takes it from the arguments. */
function userData(): string {
  const given = process.argv.find((argument) => argument.startsWith('--user-data-dir='));
  const folder = given?.slice('--user-data-dir='.length) ?? join(homedir(), '.config', 'genoise');
  mkdirSync(folder, { recursive: true });
  return folder;
}

export const app = new StandInApp();
