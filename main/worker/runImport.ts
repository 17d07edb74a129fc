import { importFolders } from '../importer/importFolders.ts';
import type { ImportRequest } from '../../shared/importing.ts';
import type { JobHost } from '../../shared/jobs.ts';

/** Imports folders; each batch of rows is in the database before the next is read, so memory stays flat. */
export async function runImport(request: ImportRequest, host: JobHost<'import'>): Promise<null> {
  const batches = importFolders(request, {
    onProgress: (progress) => void host.report({ kind: 'progress', progress }),
    onTrying: (file) => host.report({ kind: 'trying', file }),
    signal: host.signal,
  });
  for await (const batch of batches) await host.report({ kind: 'batch', batch });
  return null;
}
