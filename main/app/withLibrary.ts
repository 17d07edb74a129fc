import { finishDecisions } from './decideImages.ts';
import type { Library, ReadOnlyLibrary } from '../library/client.ts';
import type { OpenOptions } from '../library/contract.ts';
import { openDirectLibrary, openDirectLibraryReadOnly } from '../library/directLibrary.ts';

/**
 * Opens a project in this thread for as long as `use` takes: for commands, which do one thing and end. What a killed
 * import has left is finished first.
 * @throws no-such-folder, not-a-project, project-in-use, newer-project, damaged-project, disk-full; what `use` throws
 */
export async function withLibrary<T>(
  folder: string,
  use: (library: Library) => Promise<T>,
  options: OpenOptions = {},
): Promise<T> {
  return closing(openDirectLibrary(folder, options), async (library) => {
    await finishDecisions(library);
    return use(library);
  });
}

/**
 * Opens a project to look at, also while another process works on it, for as long as `use` takes.
 * @throws no-such-folder, not-a-project, newer-project, damaged-project; what `use` throws
 */
export async function withReadOnlyLibrary<T>(
  folder: string,
  use: (library: ReadOnlyLibrary) => Promise<T>,
): Promise<T> {
  return closing(openDirectLibraryReadOnly(folder), use);
}

async function closing<L extends ReadOnlyLibrary, T>(
  library: L,
  use: (library: L) => Promise<T>,
): Promise<T> {
  try {
    return await use(library);
  } finally {
    await library.close();
  }
}
