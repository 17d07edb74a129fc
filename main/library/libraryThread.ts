/** A thread of the library: it holds one connection and answers calls, one after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import { errorToPlain, type PlainError } from '../../shared/errors.ts';
import {
  readFunctions,
  writeFunctions,
  type Call,
  type OpenOptions,
  type ThreadRole,
  type ToThread,
} from './contract.ts';
import { openForWriting } from './openForWriting.ts';
import { openProjectReadOnly, type Project, type ProjectFolders, type ReadOnlyProject } from './project.ts';

export type FromThread =
  | { readonly kind: 'open'; readonly folders: ProjectFolders }
  | { readonly kind: 'not-open'; readonly error: PlainError }
  | { readonly kind: 'result'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly error: PlainError };

type AnyFunction = (db: unknown, ...values: readonly unknown[]) => unknown;

const { role } = workerData as { readonly role: ThreadRole };
const functions = (role === 'writer' ? writeFunctions : readFunctions) as unknown as Record<
  string,
  AnyFunction
>;

let project: Project | ReadOnlyProject | undefined;

parentPort?.on('message', (message: ToThread) => {
  if (message.kind === 'open') open(message.folder, message.options);
  else if (message.kind === 'call') post(answer(project?.db, message.call));
  else {
    project?.close();
    parentPort?.close();
  }
});

function open(folder: string, options: OpenOptions): void {
  try {
    project = role === 'writer' ? openForWriting(folder, options) : openProjectReadOnly(folder);
    const { pixelsFolder, checkpointsFolder, exportsFolder } = project;
    const folders = { folder: project.folder, pixelsFolder, checkpointsFolder, exportsFolder };
    post({ kind: 'open', folders });
  } catch (error) {
    post({ kind: 'not-open', error: errorToPlain(error) });
  }
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
