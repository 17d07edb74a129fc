import { hostname } from 'node:os';
import { isIP } from 'node:net';
import type { IncomingMessage } from 'node:http';

const loopbackNames: readonly string[] = ['localhost', '127.0.0.1', '::1'];
/** To listen on all addresses of the machine. */
export const anyAddress: readonly string[] = ['0.0.0.0', '::'];

/** Whether only this machine can reach a door that listens on `host`. */
export function isLoopback(host: string): boolean {
  return loopbackNames.includes(host.toLowerCase()) || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** Tells the door's own pages from all others. */
export interface RequestOrigin {
  /** Whether a request names this door as its host. Anything else reached us by a name that somebody made point here. */
  isKnownHost(request: IncomingMessage): boolean;
  /** Whether a request was made by our own page, or by a person who opened an address. */
  isOwn(request: IncomingMessage): boolean;
}

/**
 * Against DNS rebinding (a page of `evil.example`, whose name is made to point at this machine) the Host header must
 * be a name of ours; the port is not looked at, since a tunnel (`ssh -L`) changes it. Against requests of other pages,
 * other ports of this machine among them, the Origin must be the very host that was asked.
 * @param host what the door listens on
 */
export function createRequestOrigin(host: string): RequestOrigin {
  const names = new Set([...loopbackNames, host.toLowerCase()]);
  const machine = hostname().toLowerCase();
  if (!isLoopback(host)) for (const name of [machine, `${machine}.local`]) names.add(name);
  // Where every address of the machine is listened to, no name was chosen: an address in digits cannot be rebound.
  const takesAddresses = anyAddress.includes(host);

  function isKnownHost({ headers }: IncomingMessage): boolean {
    const name = hostNameOf(headers.host);
    return name !== null && (names.has(name) || (takesAddresses && isIP(name) !== 0));
  }

  function isOwn(request: IncomingMessage): boolean {
    const { origin, host: asked } = request.headers;
    if (origin !== undefined) return asked !== undefined && origin === `http://${asked}`;
    // Browsers name the origin of all that changes something. Without one only reading is left.
    if (request.method !== 'GET' && request.method !== 'HEAD') return false;
    if (isUpgrade(request)) return false;
    const site = request.headers['sec-fetch-site'];
    return site === undefined || site === 'same-origin' || site === 'none' || isVisit(request);
  }

  return { isKnownHost, isOwn };
}

/** The name in a Host header, without port and brackets; null for what is no host. */
function hostNameOf(header: string | undefined): string | null {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(header ?? '');
  return match === null ? null : (match[1] ?? match[2]).toLowerCase();
}

function isUpgrade({ headers }: IncomingMessage): boolean {
  return headers.upgrade !== undefined;
}

/** A link that was followed: it shows our page, and the page that holds the link sees nothing of it. */
function isVisit({ method, headers }: IncomingMessage): boolean {
  return (
    method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
  );
}
