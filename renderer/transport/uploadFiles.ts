import { errorFromPlain, GenoiseError, genoiseError, type PlainError } from '../../shared/errors.ts';
import type { DroppedFile, DroppedFiles, UploadProgress } from './transport.ts';

/** Fewer than a browser's connections to one host: pictures are shown meanwhile. */
const atOnce = 3;
const tries = 4;
/** An import can begin with so many, from which it tells how large the images are; or with what came in this time. */
const firstFew = 48;
const firstMs = 700;

/**
 * Hands dropped files to the browser door, one request a file (`main/web/uploads.ts` says how), while folders are
 * still being walked through. Resolves with the folders that hold them there once the first few have arrived, so that
 * a project can be made at once; the others follow, and are imported as they come. `progress` goes on to be called
 * until all are there. Rejects with a GenoiseError.
 */
export async function uploadFiles(
  dropped: DroppedFiles,
  progress: (state: UploadProgress) => void,
): Promise<readonly string[]> {
  const batch = newBatch();
  const folders = new Set<string>();
  const enough = Promise.withResolvers<void>();
  const files = readAhead(dropped.walk());
  let done = 0;
  let error: GenoiseError | null = null;
  // While folders are still being walked through there is at least one more.
  const tell = (): void => progress({ done, total: files.found() + (files.isOver() ? 0 : 1), error });

  async function work(): Promise<void> {
    for (let file = await files.next(); file !== null && error === null; file = await files.next()) {
      const folder = await uploadOne(batch, file, folders.size > 0);
      if (folder !== null) folders.add(folder);
      done += 1;
      if (done === 1) setTimeout(enough.resolve, firstMs);
      if (done === firstFew) enough.resolve();
      tell();
    }
  }

  tell();
  void Promise.all(Array.from({ length: atOnce }, work)).then(
    () => {
      enough.resolve();
      tell();
    },
    (thrown: unknown) => {
      error = thrown instanceof GenoiseError ? thrown : genoiseError('connection-lost', {}, thrown);
      enough.reject(error);
      tell();
    },
  );
  await enough.promise;
  return [...folders];
}

/** Walks on while what was found is being sent, so that it is soon known how much there is. */
function readAhead(walk: AsyncIterable<DroppedFile>): {
  found(): number;
  isOver(): boolean;
  /** Null at the end. */
  next(): Promise<DroppedFile | null>;
} {
  const files: DroppedFile[] = [];
  let taken = 0;
  let more = Promise.withResolvers<void>();
  const ended = (async () => {
    for await (const file of walk) {
      files.push(file);
      more.resolve();
      more = Promise.withResolvers<void>();
    }
  })();
  let isOver = false;
  void ended.catch(() => {}).then(() => (isOver = true));
  return {
    found: () => files.length,
    isOver: () => isOver,
    async next() {
      while (taken >= files.length && !isOver) await Promise.race([more.promise, ended]);
      if (taken >= files.length) return ended.then(() => null);
      return files[taken++];
    },
  };
}

/** @returns the folder on the server; null for a file that is gone or may not be read */
async function uploadOne(
  batch: string,
  { path, file }: DroppedFile,
  isBegun: boolean,
): Promise<string | null> {
  const query = new URLSearchParams({ batch, path, ...(isBegun && { more: '1' }) });
  const response = await post(`/upload?${query}`, file);
  if (response === null) return null;
  const answer = (await response.json()) as { readonly folder: string } | { readonly error: PlainError };
  if ('error' in answer) throw errorFromPlain(answer.error);
  return answer.folder;
}

/** A server that is started again is waited for. */
async function post(address: string, file: File): Promise<Response | null> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await fetch(address, { method: 'POST', body: file });
    } catch (thrown) {
      if (!(await isReadable(file))) return null;
      if (attempt === tries) throw genoiseError('connection-lost', {}, thrown);
      await new Promise((resolve) => setTimeout(resolve, 500 * 2 ** attempt));
    }
  }
}

/** Browsers tell a file that cannot be read and a server that cannot be reached in the same words. */
function isReadable(file: File): Promise<boolean> {
  return file
    .slice(0, 1)
    .arrayBuffer()
    .then(
      () => true,
      () => false,
    );
}

/** `crypto.randomUUID` is missing on pages that come over plain HTTP from another machine. */
function newBatch(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
