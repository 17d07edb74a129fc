import { genoiseError } from '../../shared/errors.ts';
import { answerError, answerText } from './answers.ts';
import type { Access } from './access.ts';
import type { Downloads } from './downloads.ts';
import type { Pictures } from './pictures.ts';
import type { RequestOrigin } from './requestOrigin.ts';
import type { Uploads } from './uploads.ts';
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface Routes {
  answer(request: IncomingMessage, response: ServerResponse): void;
  /** Status and reason for a connection that may not become a WebSocket; null for one that may. */
  refuseSocket(request: IncomingMessage): string | null;
}

export interface RouteParts {
  readonly access: Access;
  readonly origin: RequestOrigin;
  readonly pictures: Pictures;
  readonly downloads: Downloads;
  readonly uploads: Uploads;
  readonly staticFiles: (request: IncomingMessage, response: ServerResponse) => void;
}

const notAdmitted =
  'This browser has not been let in to Genoise yet.\n' +
  'Open the address that Genoise printed when it started, with all that follows the question mark.';

/** What is answered to whom: nothing to a wrong host or page, only an exchange of the token to a stranger. */
export function createRoutes({
  access,
  origin,
  pictures,
  downloads,
  uploads,
  staticFiles,
}: RouteParts): Routes {
  function refusal(request: IncomingMessage): { readonly status: number; readonly text: string } | null {
    if (!origin.isKnownHost(request)) {
      return { status: 403, text: 'Genoise is not at this address. Open the one that it printed.' };
    }
    if (!origin.isOwn(request)) return { status: 403, text: 'Genoise answers its own pages only.' };
    return null;
  }

  function answerAdmitted(address: URL, request: IncomingMessage, response: ServerResponse): void {
    const { method } = request;
    const path = address.pathname;
    if (path === '/upload' && method === 'POST') {
      void uploads.receive(address.searchParams, request, response);
    } else if (method !== 'GET' && method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      answerText(response, 405, 'That cannot be done here.');
    } else if (path.startsWith('/image/')) {
      void pictures.answer(path, request, response);
    } else if (path.startsWith('/download/')) {
      void downloads.answer(path, request, response);
    } else {
      staticFiles(request, response);
    }
  }

  /** Those who are in already are sent on too: the token is not to stay in the address bar. */
  function letIn(address: URL, request: IncomingMessage, response: ServerResponse): void {
    const token = address.searchParams.get('token');
    const isVisit = request.method === 'GET' && address.pathname === '/';
    if (isVisit && access.isAdmitted(request)) {
      response.writeHead(303, { Location: '/' }).end();
    } else if (isVisit && token !== null && access.isToken(token)) {
      response.setHeader('Set-Cookie', access.admittingCookie());
      response.writeHead(303, { Location: '/' }).end();
    } else if (address.pathname === '/upload') {
      answerError(response, genoiseError('not-admitted', {}));
    } else {
      answerText(response, 401, notAdmitted);
    }
  }

  return {
    answer(request, response) {
      const address = addressOf(request);
      const refused = refusal(request);
      if (refused !== null) answerText(response, refused.status, refused.text);
      else if (address === null) answerText(response, 400, 'That is no address.');
      else if (address.searchParams.has('token') || !access.isAdmitted(request)) {
        letIn(address, request, response);
      } else answerAdmitted(address, request, response);
    },
    refuseSocket(request) {
      if (refusal(request) !== null) return '403 Forbidden';
      if (!access.isAdmitted(request)) return '401 Unauthorized';
      return addressOf(request)?.pathname === '/socket' ? null : '404 Not Found';
    },
  };
}

function addressOf({ url }: IncomingMessage): URL | null {
  // A path that begins with two slashes would name another host.
  return url?.startsWith('/') === true && !url.startsWith('//') ? URL.parse(url, 'http://door') : null;
}
