import { genoiseError } from '../../shared/errors.ts';
import type { ImportProgress } from '../../shared/importing.ts';
import type { Library } from '../library/client.ts';
import { watchForEmptyProject } from '../library/emptyProject.ts';
import { checkImport, importImages, type ImportOptions, type ImportSummary } from './importImages.ts';
import { withLibrary } from './withLibrary.ts';

export interface NewProjectOptions {
  /** Share of the images to hold out for testing; decided once, when the project is made. */
  readonly heldOutFraction?: number;
  /** Decides which images those are. */
  readonly seed?: string;
}

/**
 * Opens the project in `folder`, or makes one where there is none, and imports folders into it. A new project that gets
 * no image, because there is none or because the import fails before the first, is taken away again.
 * @throws what `importImages` throws; project-in-use …; decided-before when the project was made with another held-out
 *   share or seed
 */
export async function importIntoProject(
  folder: string,
  { heldOutFraction, seed, ...options }: ImportOptions & NewProjectOptions,
  onProgress: (progress: ImportProgress) => void,
  signal?: AbortSignal,
): Promise<ImportSummary> {
  // Before a project is made, which a mistyped name should not leave behind.
  checkImport(options);
  const create = {
    ...(heldOutFraction !== undefined && { heldOutFraction }),
    ...(seed !== undefined && { seed }),
  };
  const removeIfEmpty = watchForEmptyProject(folder);
  try {
    return await withLibrary(
      folder,
      async (library) => {
        await checkDecided(library, create);
        return importImages(library, options, onProgress, signal);
      },
      { create },
    );
  } catch (error) {
    removeIfEmpty();
    throw error;
  }
}

/** @throws decided-before */
async function checkDecided({ read }: Library, wanted: NewProjectOptions): Promise<void> {
  const decided = await read.getSettings();
  const options = { '--held-out': 'heldOutFraction', '--seed': 'seed' } as const;
  for (const [option, key] of Object.entries(options)) {
    const value = wanted[key];
    if (value === undefined || value === decided[key]) continue;
    throw genoiseError('decided-before', { option, value: String(value), decided: String(decided[key]) });
  }
}
