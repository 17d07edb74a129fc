import { WebSocketServer, type WebSocket } from 'ws';
import { serveClient, type SocketServices } from './socketClient.ts';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

export interface SocketDoor {
  /** Takes over a connection that asks to become a WebSocket and may. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Says goodbye to all pages; one that does not answer is not waited for. */
  close(): Promise<void>;
}

/** A million ids in one question and some room. */
const longestFrame = 32 * 1024 * 1024;
const goingAway = 1001;
const longestGoodbyeMs = 500;

/**
 * All pages that are connected.
 * @param heartbeatMs between two looks at whether a page is still there; one that missed the last is let go
 */
export function createSocketDoor(services: SocketServices, heartbeatMs: number): SocketDoor {
  const server = new WebSocketServer({ noServer: true, maxPayload: longestFrame, perMessageDeflate: false });
  const answered = new WeakSet<WebSocket>();

  const heartbeat = setInterval(() => {
    for (const client of server.clients) {
      if (!answered.has(client)) client.terminate();
      answered.delete(client);
      client.ping();
    }
  }, heartbeatMs);

  return {
    accept(request, socket, head) {
      server.handleUpgrade(request, socket, head, (client) => {
        answered.add(client);
        client.on('pong', () => answered.add(client));
        serveClient(client, services);
      });
    },
    async close() {
      clearInterval(heartbeat);
      const clients = [...server.clients];
      const gone = clients.map((client) => new Promise((resolve) => client.once('close', resolve)));
      for (const client of clients) client.close(goingAway, 'Genoise was closed');
      const cut = setTimeout(() => clients.forEach((client) => client.terminate()), longestGoodbyeMs);
      await Promise.all(gone);
      clearTimeout(cut);
      server.close();
    },
  };
}
