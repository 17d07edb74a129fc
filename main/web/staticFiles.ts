import sirv from 'sirv';
import { answerText } from './answers.ts';
import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Serves the built pages. Their list is made once: a path is looked up in it and never opened as it was sent, so that
 * none leads out of the folder.
 */
export function createStaticFiles(
  folder: string,
): (request: IncomingMessage, response: ServerResponse) => void {
  const serve = sirv(folder, {
    etag: true,
    // Names of built files hold a hash of their content; the page itself is asked for anew each time.
    setHeaders: (response, path) => {
      const keeps = path.startsWith('/assets/');
      response.setHeader('Cache-Control', keeps ? 'private, max-age=31536000, immutable' : 'no-cache');
    },
  });
  return (request, response) =>
    serve(request, response, () => answerText(response, 404, 'There is nothing at this address.'));
}
