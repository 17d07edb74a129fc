import {
  readFunctions,
  slowReads,
  writeFunctions,
  type Library,
  type LibraryReader,
  type LibraryWriter,
  type OpenOptions,
} from './contract.ts';
import { startThread, type ThreadHandle } from './threadHandle.ts';

export type { Library, ReadOnlyLibrary } from './contract.ts';

/**
 * Opens a project for an application with a face, which must never wait: one thread writes (and holds the project's
 * lock), one reads windows and rows, one counts and lists. A label so is not delayed by a count, nor by a window.
 * Bytes arrive as Uint8Array, errors as the GenoiseError that they were, others as `internal`. Commands of the command
 * line, which do one thing and end, open the project in their own thread instead (`openDirectLibrary`).
 * @throws as `openProject`, or with `create` as `createProject`
 */
export async function openLibrary(folder: string, options: OpenOptions = {}): Promise<Library> {
  const writer = await startThread({ folder, role: 'writer', ...options });
  const started = await Promise.allSettled([0, 1].map(() => startThread({ folder, role: 'reader' })));
  const readers = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const failed = started.find((each) => each.status === 'rejected');
  if (failed !== undefined) {
    await closeAll([...readers, writer]);
    throw failed.reason;
  }
  const [quick, slow] = readers;
  return {
    ...writer.folders,
    read: remote<LibraryReader>(readFunctions, (name) => (slowReads.has(name) ? slow : quick)),
    write: remote<LibraryWriter>(writeFunctions, () => writer),
    close: () => closeAll([...readers, writer]),
  };
}

/** The writer last: its connection then writes the log back into the file. */
async function closeAll(threads: readonly ThreadHandle[]): Promise<void> {
  for (const thread of threads) await thread.close();
}

function remote<R>(functions: object, threadFor: (name: string) => ThreadHandle): R {
  const entries = Object.keys(functions).map((name) => [
    name,
    (...values: readonly unknown[]) => threadFor(name).call(name, values),
  ]);
  // The names are those of the contract, and R is made from its types.
  return Object.fromEntries(entries) as R;
}
