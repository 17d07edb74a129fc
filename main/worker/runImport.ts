import { flushCompileCache } from 'node:module';
import { importFolders } from '../importer/importFolders.ts';
import type { ImportRequest } from '../../shared/importing.ts';
import type { JobHost } from '../../shared/jobs.ts';

/**
 * Imports folders. While a batch of rows is written to the database the next one is read, and no more than that: memory
 * stays flat.
 */
export async function runImport(request: ImportRequest, host: JobHost<'import'>): Promise<null> {
  const batches = importFolders(request, {
    onProgress: (progress) => void host.report({ kind: 'progress', progress }),
    onTrying: (file) => host.report({ kind: 'trying', file }),
    signal: host.signal,
  });
  let written = Promise.resolve();
  for await (const batch of batches) {
    await written;
    written = host.report({ kind: 'batch', batch });
  }
  await written;
  // This process may be ended before it would be written.
  flushCompileCache();
  return null;
}
