/**
 * Files that are dropped into a browser, which never tells where they lie: they are copied into the project.
 *
 *     POST /upload?batch=<id>&path=<path>[&more=1]      (the cookie and the Origin header as for all requests)
 *
 * One request a file; its body is the file's bytes. `batch` is 8 to 64 letters, digits and `-`, made by the page, one
 * for each drop. `path` is the file's path as it was dropped, names divided by `/`, encoded as in any query:
 * `beach/2024/1.jpg`, or `1.jpg` for a file that was dropped alone. Requests may come at once and in any order. `more`
 * says that a file of the batch has been answered before: a server that was started since then knows nothing of it and
 * refuses (`drop-interrupted`).
 *
 * Answer: 200 `{ "folder": "…" }`, the folder on this machine which holds the file's dropped folder (`…/beach`), or
 * 4xx/5xx `{ "error": PlainError }`. With the first such folder a page can call `project.create` or `project.import`
 * at once: what comes in later in the same batch, of other folders too, is imported by itself (`uploadImports.ts`).
 *
 * A file appears under its name only when it is whole; one whose connection ends early is removed.
 */
import { genoiseError } from '../../shared/errors.ts';
import { makeDroppedFolder } from '../app/droppedFolder.ts';
import { answerError, answerJson } from './answers.ts';
import { ask } from '../app/ask.ts';
import { freeSpace, limitBytes, type FreeSpace } from './freeSpace.ts';
import { createUploadBatch, looseFolder, type UploadBatch } from './uploadBatch.ts';
import { uploadPath } from './uploadPath.ts';
import type { Application } from '../app/application.ts';
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface Uploads {
  /** Answers `POST /upload`. Never rejects. */
  receive(query: URLSearchParams, request: IncomingMessage, response: ServerResponse): Promise<void>;
}

export interface UploadOptions {
  readonly application: Pick<Application, 'call'>;
  /** Called with each file that is whole. */
  readonly arrived: (batch: UploadBatch) => void;
  readonly free?: FreeSpace;
}

const longestGoodbyeMs = 2000;
const batchPattern = /^[\w-]{8,64}$/;

export function createUploads({ application, arrived, free = freeSpace }: UploadOptions): Uploads {
  const batches = new Map<string, Promise<UploadBatch>>();
  /** Promised to files that are on their way. */
  let promised = 0;

  function batchOf(id: string, name: string, isBegun: boolean): Promise<UploadBatch> {
    const known = batches.get(id);
    if (known !== undefined) return known;
    if (isBegun) throw genoiseError('drop-interrupted', {});
    const made = beginBatch(application, name);
    batches.set(id, made);
    // The next file may have more luck.
    made.catch(() => batches.delete(id));
    return made;
  }

  async function receiveFile(query: URLSearchParams, request: IncomingMessage): Promise<string> {
    const id = query.get('batch') ?? '';
    if (!batchPattern.test(id)) throw genoiseError('bad-request', { command: 'upload', problem: 'no batch' });
    const names = uploadPath(query.get('path') ?? '');
    const batch = await batchOf(id, names.length === 1 ? looseFolder : names[0], query.has('more'));
    const left = (await free(batch.folder)) - promised;
    const length = Number(request.headers['content-length'] ?? 0);
    if (length > left) throw genoiseError('disk-full', { folder: batch.folder });
    promised += length;
    try {
      // The connection outlives a file that is refused on its way: there is an answer to be sent.
      const bytes = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
      const folder = await batch.add(names, limitBytes(bytes, length > 0 ? length : left, batch.folder));
      arrived(batch);
      return folder;
    } finally {
      promised -= length;
    }
  }

  return {
    async receive(query, request, response) {
      try {
        answerJson(response, 200, { folder: await receiveFile(query, request) });
      } catch (error) {
        if (response.destroyed) return;
        response.setHeader('Connection', 'close');
        answerError(response, error);
        giveUp(request);
      }
    },
  };
}

/** A browser reads the answer once it has sent its file: some of the rest is let come, for a while. */
function giveUp(request: IncomingMessage): void {
  const cut = setTimeout(() => request.destroy(), longestGoodbyeMs);
  request.on('close', () => clearTimeout(cut));
  request.resume();
}

async function beginBatch(application: Pick<Application, 'call'>, name: string): Promise<UploadBatch> {
  const project = await ask(application, 'project.current', null);
  const { projectsFolder } = await ask(application, 'settings.read', null);
  return createUploadBatch(makeDroppedFolder({ project: project?.folder ?? null, projectsFolder, name }));
}
