import { prepareLibrary, type PreparedLibrary } from '../library/client.ts';
import { coolDown } from '../worker/hostWarm.ts';
import { prepareImport } from './importJob.ts';

/**
 * What opening a project, or making one of images, needs, started while somebody still chooses: threads and processes
 * take longer to start than to do their work.
 */
export interface Preparation {
  begin(): void;
  /** The threads of a library: those that were begun, or new ones. */
  take(): PreparedLibrary;
  /** Ends what was not needed. */
  forget(): Promise<void>;
}

export function createPreparation(): Preparation {
  let prepared: PreparedLibrary | null = null;
  return {
    begin() {
      prepared ??= prepareLibrary();
      prepareImport();
    },
    take() {
      const threads = prepared ?? prepareLibrary();
      prepared = null;
      return threads;
    },
    async forget() {
      const unused = prepared;
      prepared = null;
      coolDown();
      await unused?.close();
    },
  };
}
