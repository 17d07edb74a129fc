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
export function openLibrary(folder: string, options: OpenOptions = {}): Promise<Library> {
  return prepareLibrary().open(folder, options);
}

/** The threads of a library, which start while it is not yet known which project is to be opened. */
export interface PreparedLibrary {
  /** Once. @throws as `openLibrary` */
  open(folder: string, options?: OpenOptions): Promise<Library>;
  /** Instead of `open`: it is not needed. */
  close(): Promise<void>;
}

/** Starts the threads of a library. That takes longer than opening a project. */
export function prepareLibrary(): PreparedLibrary {
  const writer = startThread('writer');
  const [quick, slow] = [startThread('reader'), startThread('reader')];
  const all = [quick, slow, writer];

  /** The readers open what the writer has made or migrated. */
  async function openInOrder(folder: string, options: OpenOptions): Promise<ProjectFolders> {
    const folders = await writer.open(folder, options);
    await Promise.all([quick.open(folder), slow.open(folder)]);
    return folders;
  }

  return {
    async open(folder, options = {}) {
      const folders = await openInOrder(folder, options).catch(async (error: unknown) => {
        await closeAll(all);
        throw error;
      });
      return {
        ...folders,
        read: remote<LibraryReader>(readFunctions, (name) => (slowReads.has(name) ? slow : quick)),
        write: remote<LibraryWriter>(writeFunctions, () => writer),
        close: () => closeAll(all),
      };
    },
    close: () => closeAll(all),
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
