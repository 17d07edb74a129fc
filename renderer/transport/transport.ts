import type { AppEvent } from '../../shared/contract/events.ts';
import type { GenoiseError } from '../../shared/errors.ts';

export type ConnectionState = 'open' | 'reconnecting';

/** Which picture of an image: small for grids (long side at most 256 pixels), or as large as it is. */
export type Picture = 'thumbnail' | 'full';

/** What the page needs of the door that it was opened through. */
export interface Transport {
  /** Rejects with a GenoiseError. */
  call(name: string, request: unknown): Promise<unknown>;
  /** Returns a function that stops listening. */
  onEvent(listener: (event: AppEvent) => void): () => void;
  /** Tells the present state at once, then each change. */
  onState(listener: (state: ConnectionState) => void): () => void;
  imageUrl(id: number, picture: Picture): string;
  /**
   * Gives folders and files that were dropped or chosen a place where the application can read them: their own
   * paths on the desktop; copies in the browser, which never learns paths. There, `progress` goes on to be called
   * after the paths are known, until all files are copied. Rejects with a GenoiseError.
   */
  pathsOf(files: DroppedFiles, progress: (state: UploadProgress) => void): Promise<readonly string[]>;
  /** The system's own dialog; null where there is none, and where the person cancelled. */
  chooseFolders?(): Promise<readonly string[] | null>;
}

/** How far the copying of dropped files is. After an error it has stopped. */
export interface UploadProgress {
  readonly done: number;
  readonly total: number;
  readonly error: GenoiseError | null;
}

/** What a drop or a file input held: each file with its path below what was dropped. */
export interface DroppedFiles {
  /** The items themselves, files or folders: their paths are known on the desktop. */
  readonly items: readonly File[];
  /** Walks all files below them, for a browser. Read only when needed. */
  walk(): AsyncIterable<DroppedFile>;
}

export interface DroppedFile {
  /** Below what was dropped, the dropped folder's name first, `/` between names. */
  readonly path: string;
  readonly file: File;
}
