import { createReadStream, statSync } from 'node:fs';
import { pipeline } from 'node:stream';
import { answerText } from './answers.ts';
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
      const file = asked && (await application.exportedFile(asked.id, asked.name).catch(() => null));
      const size = file === null ? undefined : statSync(file, { throwIfNoEntry: false })?.size;
      if (asked === null || file === null || size === undefined) {
        answerText(response, 404, 'There is no such file among the exports.');
        return;
      }
      response.writeHead(200, {
        'Content-Type': 'application/octet-stream',
        'Content-Length': size,
        'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(asked.name)}`,
        'Cache-Control': 'no-store',
      });
      if (request.method === 'HEAD') response.end();
      // A file that ends early ends the connection: the browser then tells that the download failed.
      else pipeline(createReadStream(file), response, () => undefined);
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
