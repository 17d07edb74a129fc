import {
  readFunctions,
  slowReads,
  writeFunctions,
  type Library,
  type LibraryReader,
  type LibraryWriter,
  type OpenOptions,
} from './contract.ts';
import type { ProjectFolders } from './project.ts';
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
  // All start at once, since that takes longer than opening; the readers open what the writer has made or migrated.
  const writer = startThread({ folder, role: 'writer', ...options });
  const quick = startThread({ folder, role: 'reader' });
  const slow = startThread({ folder, role: 'reader' });
  const all = [quick, slow, writer];
  const folders = await openInOrder(writer, [quick, slow]).catch(async (error: unknown) => {
    await closeAll(all);
    throw error;
  });
  return {
    ...folders,
    read: remote<LibraryReader>(readFunctions, (name) => (slowReads.has(name) ? slow : quick)),
    write: remote<LibraryWriter>(writeFunctions, () => writer),
    close: () => closeAll(all),
  };
}

async function openInOrder(writer: ThreadHandle, readers: readonly ThreadHandle[]): Promise<ProjectFolders> {
  const folders = await writer.open();
  await Promise.all(readers.map((reader) => reader.open()));
  return folders;
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
