import { errorFromPlain, genoiseError, type GenoiseError, type PlainError } from '../../shared/errors.ts';
import type { DroppedFiles, UploadProgress } from './transport.ts';

type Listed = Awaited<ReturnType<DroppedFiles['walk']>>;

const atOnce = 4;
const tries = 4;

/**
 * Hands dropped files to the browser door, one request a file: `POST /upload?batch=…&path=…`, the body its bytes.
 * Resolves with the folder that holds them there once the first file has arrived, so that a project can be made at
 * once; the others follow, and are imported as they come. `progress` goes on to be called until all are there.
 */
export async function uploadFiles(
  dropped: DroppedFiles,
  progress: (state: UploadProgress) => void,
): Promise<readonly string[]> {
  const files = await dropped.walk();
  const first = files[0];
  if (first === undefined) return [];
  const batch = newBatch();
  progress({ done: 0, total: files.length, error: null });
  const folder = await uploadOne(batch, first);
  void uploadRest(batch, files, progress);
  return [folder];
}

async function uploadRest(
  batch: string,
  files: Listed,
  progress: (state: UploadProgress) => void,
): Promise<void> {
  let next = 1;
  let done = 1;
  let error: GenoiseError | null = null;
  const tell = (): void => progress({ done, total: files.length, error });
  async function work(): Promise<void> {
    for (let file = files[next++]; file !== undefined && error === null; file = files[next++]) {
      try {
        await uploadOne(batch, file);
        done += 1;
      } catch (thrown) {
        error = thrown as GenoiseError;
      }
      tell();
    }
  }
  tell();
  await Promise.all(Array.from({ length: atOnce }, work));
}

async function uploadOne(batch: string, { path, file }: Listed[number]): Promise<string> {
  const query = new URLSearchParams({ batch, path });
  const response = await post(`/upload?${query}`, file);
  const answer = (await response.json()) as { readonly folder: string } | { readonly error: PlainError };
  if ('error' in answer) throw errorFromPlain(answer.error);
  return answer.folder;
}

/** A server that is started again is waited for. */
async function post(address: string, file: File): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await fetch(address, { method: 'POST', body: file });
    } catch (thrown) {
      if (attempt === tries) throw genoiseError('connection-lost', {}, thrown);
      await new Promise((resolve) => setTimeout(resolve, 500 * 2 ** attempt));
    }
  }
}

/** `crypto.randomUUID` is missing on pages that come over plain HTTP from another machine. */
function newBatch(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
