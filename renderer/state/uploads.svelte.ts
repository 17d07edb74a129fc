import { api } from '../api.ts';
import { notices } from './notices.svelte.ts';
import type { DroppedFiles, UploadProgress } from '../transport/transport.ts';

/** Files that are being copied from this browser to the application. There are none on the desktop. */
class Uploads {
  /** Of the newest drop; null when nothing is on its way. The job bar shows it. */
  current = $state.raw<UploadProgress | null>(null);

  /**
   * Paths of dropped or chosen files and folders, to be given to `project.create` or `project.import` at once: what
   * is still being copied then is imported as it comes. Rejects with a GenoiseError.
   */
  pathsOf(files: DroppedFiles): Promise<readonly string[]> {
    return api.pathsOf(files, (state) => this.#take(state));
  }

  #take(state: UploadProgress): void {
    if (state.error !== null && state.error !== this.current?.error) notices.fail(state.error);
    this.current = state.error !== null || state.done === state.total ? null : state;
  }
}

export const uploads = new Uploads();
