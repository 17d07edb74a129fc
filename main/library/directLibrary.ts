import {
  readFunctions,
  writeFunctions,
  type Library,
  type LibraryReader,
  type LibraryWriter,
  type OpenOptions,
  type ReadOnlyLibrary,
} from './contract.ts';
import { openForWriting } from './openForWriting.ts';
import { openProjectReadOnly, type ProjectFolders, type ReadOnlyProject } from './project.ts';

/**
 * Opens a project in the calling thread, behind the same face as `openLibrary`: for commands that do one thing and
 * end, and so need not wait for threads to start. Each call blocks until it is done.
 * @throws as `openProject`, or with `create` as `createProject`
 */
export function openDirectLibrary(folder: string, options: OpenOptions = {}): Library {
  const project = openForWriting(folder, options);
  return { ...readOnly(project), write: direct<LibraryWriter>(writeFunctions, project.db) };
}

/**
 * Opens a project to look at, in the calling thread, also while another process writes it.
 * @throws as `openProjectReadOnly`
 */
export function openDirectLibraryReadOnly(folder: string): ReadOnlyLibrary {
  return readOnly(openProjectReadOnly(folder));
}

function readOnly(project: ProjectFolders & Pick<ReadOnlyProject, 'db' | 'close'>): ReadOnlyLibrary {
  const { folder, pixelsFolder, checkpointsFolder, exportsFolder, db, close } = project;
  return {
    ...{ folder, pixelsFolder, checkpointsFolder, exportsFolder },
    read: direct<LibraryReader>(readFunctions, db),
    close: () => promised(close),
  };
}

type AnyFunction = (db: unknown, ...values: readonly unknown[]) => unknown;

function direct<R>(functions: object, db: unknown): R {
  const entries = Object.entries(functions as Readonly<Record<string, AnyFunction>>).map(([name, call]) => [
    name,
    (...values: readonly unknown[]) => promised(() => call(db, ...values)),
  ]);
  // The names are those of the contract, and R is made from its types.
  return Object.fromEntries(entries) as R;
}

/** Calls at once; what it throws becomes a rejection. */
function promised<T>(call: () => T): Promise<T> {
  return new Promise((resolve) => resolve(call()));
}
