import { createReadStream, statSync } from 'node:fs';
import { pipeline } from 'node:stream';
import { answerText } from './answers.ts';
import { folderArchive } from './folderArchive.ts';
import type { Application } from '../app/application.ts';
import type { IncomingMessage, ServerResponse } from 'node:http';

const pathPattern = /^\/download\/([1-9]\d{0,14})\/([^/]+)$/;

export interface Downloads {
  /** Answers `GET /download/<export>/<file>`. Never rejects. */
  answer(path: string, request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** Files that were exported, for a browser to keep; it never opens them as pages of this door. */
export function createDownloads(application: Pick<Application, 'exportedFile'>): Downloads {
  return {
    async answer(path, request, response) {
      const asked = askedFor(path);
      const found = asked && (await application.exportedFile(asked.id, asked.name).catch(() => null));
      const size = found === null ? undefined : statSync(found.path, { throwIfNoEntry: false })?.size;
      if (asked === null || found === null || size === undefined) {
        answerText(response, 404, 'There is no such file among the exports.');
        return;
      }
      response.writeHead(200, {
        'Content-Type': 'application/octet-stream',
        // An archive is made on its way: nobody knows its size yet.
        ...(!found.isFolder && { 'Content-Length': size }),
        'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(asked.name)}`,
        'Cache-Control': 'no-store',
      });
      if (request.method === 'HEAD') {
        response.end();
        return;
      }
      const content = found.isFolder ? folderArchive(found.path) : createReadStream(found.path);
      // What ends early ends the connection: the browser then tells that the download failed.
      pipeline(content, response, () => undefined);
    },
  };
}

function askedFor(path: string): { readonly id: number; readonly name: string } | null {
  const match = pathPattern.exec(path);
  if (match === null) return null;
  try {
    return { id: Number(match[1]), name: decodeURIComponent(match[2]) };
  } catch {
    return null;
  }
}
