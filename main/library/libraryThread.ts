/** A thread of the library: it holds one connection and answers calls, one after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import { errorToPlain, type PlainError } from '../../shared/errors.ts';
import { readFunctions, writeFunctions, type Call, type ThreadOptions, type ToThread } from './contract.ts';
import { openProject, openProjectReadOnly } from './project.ts';

export type FromThread =
  | { readonly kind: 'open' }
  | { readonly kind: 'not-open'; readonly error: PlainError }
  | { readonly kind: 'result'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly error: PlainError };

type AnyFunction = (db: unknown, ...values: readonly unknown[]) => unknown;

const { folder, role } = workerData as ThreadOptions;
const functions = (role === 'writer' ? writeFunctions : readFunctions) as unknown as Record<
  string,
  AnyFunction
>;

try {
  const project = role === 'writer' ? openProject(folder) : openProjectReadOnly(folder);
  parentPort?.on('message', (message: ToThread) => {
    if (message.kind === 'call') post(answer(project.db, message.call));
    else {
      project.close();
      parentPort?.close();
    }
  });
  post({ kind: 'open' });
} catch (error) {
  post({ kind: 'not-open', error: errorToPlain(error) });
}

function answer(db: unknown, { id, name, values }: Call): FromThread {
  try {
    return { kind: 'result', id, value: functions[name](db, ...values) };
  } catch (error) {
    return { kind: 'failure', id, error: errorToPlain(error) };
  }
}

function post(message: FromThread): void {
  parentPort?.postMessage(message);
}
