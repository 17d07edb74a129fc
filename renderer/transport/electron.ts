import { errorFromPlain, type PlainError } from '../../shared/errors.ts';
import type { AppEvent } from '../../shared/contract/events.ts';
import type { Transport } from './transport.ts';

/** What the preload puts on `window.genoise`. */
export interface Bridge {
  /** Never rejects: an Error would lose its code on its way through the context bridge. */
  call(
    name: string,
    request: unknown,
  ): Promise<{ readonly result: unknown } | { readonly error: PlainError }>;
  /** Returns a function that stops listening. */
  onEvent(listener: (event: AppEvent) => void): () => void;
  /** Absolute paths of files and folders that were dropped; those that have none are left out. */
  pathsOfFiles(files: readonly File[]): readonly string[];
  /** The system's folder dialog; null when it was cancelled. */
  chooseFolders(): Promise<readonly string[] | null>;
}

declare global {
  interface Window {
    readonly genoise?: Bridge;
  }
}

/** The desktop door: the preload's functions. The application lives as long as its window, so it is always open. */
export function electronTransport(bridge: Bridge): Transport {
  return {
    async call(name, request) {
      const answer = await bridge.call(name, request);
      if ('error' in answer) throw errorFromPlain(answer.error);
      return answer.result;
    },
    onEvent: (listener) => bridge.onEvent(listener),
    onState(listener) {
      listener('open');
      return () => {};
    },
    imageUrl: (id, picture) => `image://${id}/${picture}`,
    pathsOf: async (dropped) => bridge.pathsOfFiles(dropped.items),
    chooseFolders: () => bridge.chooseFolders(),
  };
}
