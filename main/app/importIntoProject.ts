import type { ImportProgress } from '../../shared/importing.ts';
import { checkImport, importImages, type ImportOptions, type ImportSummary } from './importImages.ts';
import { withLibrary } from './withLibrary.ts';

export interface NewProjectOptions {
  /** Share of the images to hold out for testing; decided once, when the project is made. */
  readonly heldOutFraction?: number;
  /** Decides which images those are. */
  readonly seed?: string;
}

/**
 * Opens the project in `folder`, or makes one where there is none, and imports folders into it.
 * @throws what `importImages` throws, and then no project is made for folders that are not there; project-in-use …
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
  return withLibrary(folder, (library) => importImages(library, options, onProgress, signal), { create });
}
