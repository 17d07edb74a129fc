import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createAccess } from './access.ts';
import { createDownloads } from './downloads.ts';
import { listen } from './listen.ts';
import { createPictures } from './pictures.ts';
import { printedHost } from './printedHost.ts';
import { createRequestOrigin } from './requestOrigin.ts';
import { createRoutes } from './routes.ts';
import { setSecurityHeaders } from './securityHeaders.ts';
import { createSocketDoor } from './socketDoor.ts';
import { createStaticFiles } from './staticFiles.ts';
import { createUploadImports } from './uploadImports.ts';
import { createUploads } from './uploads.ts';
import type { Application } from '../app/application.ts';

export interface WebDoorOptions {
  /** 0: any that is free. */
  readonly port: number;
  /** `127.0.0.1` unless other machines shall reach it. */
  readonly host: string;
  /** Holds the built pages. */
  readonly staticFolder: string;
  /** The word of the printed address; a random one when absent. */
  readonly token?: string | undefined;
  /** What the cookie holds; a random one when absent, with which no page of an earlier door gets in. */
  readonly secret?: string;
  readonly heartbeatMs?: number;
}

export interface WebDoor {
  /** With the token, to be opened once in a browser. */
  readonly address: string;
  readonly port: number;
  /** Lets go of all pages and connections. The application stays open. */
  close(): Promise<void>;
}

const usualHeartbeatMs = 20_000;
/** A large file over a slow line. */
const longestRequestMs = 3_600_000;
const longestGoodbyeMs = 500;

/**
 * Opens the application to browsers: its pages, its commands over a WebSocket at `/socket`, pictures, dropped files.
 * Every request must name this machine as its host, come from the door's own page, and carry the cookie that the token
 * of the printed address was exchanged for.
 * @throws port-in-use, cannot-listen
 */
export async function createWebDoor(application: Application, options: WebDoorOptions): Promise<WebDoor> {
  const { token = randomWord(), secret = randomWord(), host, heartbeatMs = usualHeartbeatMs } = options;
  const server = createServer({ requestTimeout: longestRequestMs });
  const port = await listen(server, options);

  const imports = createUploadImports(application);
  const socketServices = {
    call: imports.call,
    onEvent: (listener: Parameters<Application['onEvent']>[0]) => application.onEvent(listener),
  };
  const sockets = createSocketDoor(socketServices, heartbeatMs);
  const routes = createRoutes({
    access: createAccess({ token, secret, port }),
    origin: createRequestOrigin(host),
    pictures: createPictures(application),
    downloads: createDownloads(application),
    uploads: createUploads({ application, arrived: imports.arrived }),
    staticFiles: createStaticFiles(options.staticFolder),
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    setSecurityHeaders(response);
    routes.answer(request, response);
  });
  server.on('upgrade', (request, socket, head) => {
    const refusal = routes.refuseSocket(request);
    if (refusal === null) sockets.accept(request, socket, head);
    else socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    socket.on('error', () => socket.destroy());
  });

  return {
    address: `http://${printedHost(host)}:${port}/?token=${token}`,
    port,
    async close() {
      imports.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // Kept open by browsers for what they may ask next: closed as soon as they are idle, and at last in any case.
      const idle = setInterval(() => server.closeIdleConnections(), 20);
      const cut = setTimeout(() => server.closeAllConnections(), longestGoodbyeMs);
      await sockets.close();
      await closed;
      clearInterval(idle);
      clearTimeout(cut);
    },
  };
}

/** 256 bits that nobody guesses, in letters that an address can hold. */
function randomWord(): string {
  return randomBytes(32).toString('base64url');
}
