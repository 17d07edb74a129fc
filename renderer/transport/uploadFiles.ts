import { errorFromPlain, genoiseError, type PlainError } from '../../shared/errors.ts';
import type { DroppedFiles } from './transport.ts';

interface Upload {
  readonly folder: string;
}

/**
 * Hands dropped files to the browser door, one request a file: `POST /upload?batch=…&path=…`, the body its bytes. All
 * files of one drop share a batch; the answer names the folder on the server that holds it.
 *
 * @returns that folder. Rejects with a GenoiseError when a file cannot be sent.
 */
export async function uploadFiles(
  dropped: DroppedFiles,
  progress?: (done: number, total: number) => void,
): Promise<readonly string[]> {
  const files = await dropped.walk();
  const batch = crypto.randomUUID();
  let folder: string | null = null;
  for (const [done, { path, file }] of files.entries()) {
    progress?.(done, files.length);
    folder = (await uploadOne(batch, path, file)).folder;
  }
  progress?.(files.length, files.length);
  return folder === null ? [] : [folder];
}

async function uploadOne(batch: string, path: string, file: File): Promise<Upload> {
  const query = new URLSearchParams({ batch, path });
  const response = await fetch(`/upload?${query}`, { method: 'POST', body: file }).catch(() => {
    throw genoiseError('connection-lost', {});
  });
  const answer = (await response.json()) as Upload | { readonly error: PlainError };
  if ('error' in answer) throw errorFromPlain(answer.error);
  return answer;
}
