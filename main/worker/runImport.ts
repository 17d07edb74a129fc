import { importFolders } from '../importer/importFolders.ts';
import type { ImportProgress, ImportRequest } from '../../shared/importing.ts';
import type { JobHost } from '../../shared/jobs.ts';

/** Imports folders; each batch of rows is in the database before the next is read, so memory stays flat. */
export async function runImport(request: ImportRequest, host: JobHost<'import'>): Promise<null> {
  const onProgress = (progress: ImportProgress): void => {
    void host.report({ kind: 'progress', progress });
  };
  for await (const batch of importFolders(request, onProgress, host.signal)) {
    await host.report({ kind: 'batch', batch });
  }
  return null;
}
