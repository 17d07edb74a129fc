import {
  readFunctions,
  slowReads,
  writeFunctions,
  type LibraryReader,
  type LibraryWriter,
} from './contract.ts';
import { startThread, type ThreadHandle } from './threadHandle.ts';

/** A project open in threads. Bytes arrive as Uint8Array, errors as the GenoiseError that they were. */
export interface Library {
  readonly read: LibraryReader;
  readonly write: LibraryWriter;
  /** Ends the threads when they have answered what they were asked. */
  close(): Promise<void>;
}

/**
 * Opens a project for an application with a face, which must never wait: one thread writes (and holds the project's
 * lock), one reads windows and rows, one counts. A label so is not delayed by a count, nor by a window. Commands of the
 * command line, which do one thing and end, open the project in their own thread instead (`openProject`).
 * @throws as `openProject`
 */
export async function openLibrary(folder: string): Promise<Library> {
  const writer = await startThread({ folder, role: 'writer' });
  const readers: ThreadHandle[] = [];
  try {
    for (let i = 0; i < 2; i++) readers.push(await startThread({ folder, role: 'reader' }));
  } catch (error) {
    await closeAll([...readers, writer]);
    throw error;
  }
  const [quick, slow] = readers;
  return {
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
