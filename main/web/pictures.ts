import { createHash } from 'node:crypto';
import { isShownType } from '../../shared/shownFormats.ts';
import { answerText } from './answers.ts';
import type { Application, Picture } from '../app/application.ts';
import type { ImageId } from '../../shared/records.ts';
import type { IncomingMessage, ServerResponse } from 'node:http';

const pathPattern = /^\/image\/([1-9]\d{0,14})\/(thumbnail|full)$/;
/** More than a browser asks for at once; the rest wait here, where they can still be given up. */
const readAtOnce = 8;

export interface Pictures {
  /** Answers `GET /image/<id>/thumbnail|full`. Never rejects. */
  answer(path: string, request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/**
 * Pictures of the open project. Ids are the same in every project, so a browser keeps a picture but asks each time
 * whether it is still the one, by a hash of its content. One that nobody waits for any more (its row was scrolled
 * away) is not read.
 */
export function createPictures(application: Pick<Application, 'readPicture'>): Pictures {
  let reading = 0;
  const waiting: (() => void)[] = [];

  async function takeTurn(): Promise<void> {
    if (reading < readAtOnce) reading += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  }

  /** The turn passes to the next who waits. */
  function endTurn(): void {
    const next = waiting.shift();
    if (next === undefined) reading -= 1;
    else next();
  }

  return {
    async answer(path, request, response) {
      const match = pathPattern.exec(path);
      if (match === null) {
        answerText(response, 404, 'There is no such picture.');
        return;
      }
      await takeTurn();
      try {
        if (response.destroyed) return;
        const size = match[2] === 'full' ? 'full' : 'thumbnail';
        const picture = await application.readPicture(Number(match[1]) as ImageId, size).catch(() => null);
        if (!response.destroyed) send(picture, request, response);
      } finally {
        endTurn();
      }
    },
  };
}

function send(picture: Picture | null, request: IncomingMessage, response: ServerResponse): void {
  if (picture === null || !isShownType(picture.type)) {
    answerText(response, 404, 'There is no such picture.');
    return;
  }
  const { type, bytes } = picture;
  const etag = `"${createHash('sha256').update(bytes).digest('base64url')}"`;
  const caching = { ETag: etag, 'Cache-Control': 'private, no-cache' };
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, caching).end();
    return;
  }
  response.writeHead(200, { ...caching, 'Content-Type': type, 'Content-Length': bytes.byteLength });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}
