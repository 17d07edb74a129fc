import { Worker } from 'node:worker_threads';
import { errorFromPlain, genoiseError } from '../../shared/errors.ts';
import type { OpenOptions, ThreadRole, ToThread } from './contract.ts';
import type { FromThread } from './libraryThread.ts';
import type { ProjectFolders } from './project.ts';

/** One thread of the library, seen from outside. */
export interface ThreadHandle {
  /** Opens a project, once and before the first call; a reader takes no options. @throws what opening throws */
  open(folder: string, options?: OpenOptions): Promise<ProjectFolders>;
  /** Asks for a function of the contract by name. */
  call(name: string, values: readonly unknown[]): Promise<unknown>;
  /** Lets it answer what it was asked, close its connection, and end. */
  close(): Promise<void>;
}

interface Waiting {
  /** Settles with what the thread answered. */
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Starts a thread, which loads its modules meanwhile and opens its project when it is told to. */
export function startThread(role: ThreadRole): ThreadHandle {
  const worker = new Worker(new URL('./libraryThread.ts', import.meta.url), { workerData: { role } });
  const waiting = new Map<number, Waiting>();
  let ended: Error | undefined;
  const end = (error: Error): void => {
    ended ??= error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  const exited = new Promise<void>((resolve) => worker.on('exit', () => resolve()));
  worker.on('error', (error) => end(genoiseError('internal', { message: String(error) }, error)));
  void exited.then(() => end(genoiseError('internal', { message: 'the library is closed' })));
  worker.on('message', (message: FromThread) => settle(waiting, message));
  let calls = 0;
  const post = (message: ToThread): void => worker.postMessage(message);
  return {
    open: (folder, options = {}) =>
      new Promise<ProjectFolders>((resolve, reject) => {
        if (ended) return reject(ended);
        waiting.set(0, { resolve: (value) => resolve(value as ProjectFolders), reject });
        post({ kind: 'open', folder, options });
      }),
    call: (name, values) =>
      new Promise((resolve, reject) => {
        if (ended) return reject(ended);
        calls += 1;
        waiting.set(calls, { resolve, reject });
        post({ kind: 'call', call: { id: calls, name, values } });
      }),
    close: () => {
      post({ kind: 'close' });
      return exited;
    },
  };
}

/** Opening is the answer to call 0. */
function settle(waiting: Map<number, Waiting>, message: FromThread): void {
  const id = 'id' in message ? message.id : 0;
  const waiter = waiting.get(id);
  waiting.delete(id);
  if (message.kind === 'open') waiter?.resolve(message.folders);
  else if (message.kind === 'result') waiter?.resolve(message.value);
  else waiter?.reject(errorFromPlain(message.error));
}
