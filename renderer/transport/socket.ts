import { errorFromPlain, genoiseError, type PlainError } from '../../shared/errors.ts';
import { reads } from './reads.ts';
import { uploadFiles } from './uploadFiles.ts';
import type { AppEvent } from '../../shared/contract/events.ts';
import type { ConnectionState, Transport } from './transport.ts';

interface Waiting {
  readonly command: string;
  readonly request: unknown;
  resolve(result: unknown): void;
  reject(error: unknown): void;
  /** On the connection that is open now. */
  sent: boolean;
}

type ServerMessage =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: PlainError }
  | { readonly event: AppEvent };

const firstDelay = 250;
const longestDelay = 4000;

/** The browser door: JSON over one WebSocket that comes back by itself. */
export function socketTransport(address: string): Transport {
  const events = new Set<(event: AppEvent) => void>();
  const states = new Set<(state: ConnectionState) => void>();
  const waiting = new Map<number, Waiting>();
  let socket: WebSocket | null = null;
  let state: ConnectionState = 'reconnecting';
  let delay = firstDelay;
  let lastId = 0;

  function setState(next: ConnectionState): void {
    if (state === next) return;
    state = next;
    for (const listener of states) listener(next);
  }

  function send(id: number, entry: Waiting): void {
    if (socket?.readyState !== WebSocket.OPEN) return;
    entry.sent = true;
    socket.send(JSON.stringify({ id, command: entry.command, request: entry.request }));
  }

  function receive(message: ServerMessage): void {
    if ('event' in message) {
      for (const listener of events) listener(message.event);
      return;
    }
    const entry = waiting.get(message.id);
    waiting.delete(message.id);
    if ('error' in message) entry?.reject(errorFromPlain(message.error));
    else entry?.resolve(message.result);
  }

  /** What may have been done already is not asked twice: its caller is told, and can look. */
  function lose(): void {
    for (const [id, entry] of waiting) {
      if (!entry.sent) continue;
      entry.sent = false;
      if (reads.has(entry.command)) continue;
      waiting.delete(id);
      entry.reject(genoiseError('connection-lost', {}));
    }
    setState('reconnecting');
    setTimeout(connect, delay);
    delay = Math.min(delay * 2, longestDelay);
  }

  function connect(): void {
    socket = new WebSocket(address);
    socket.onopen = () => {
      delay = firstDelay;
      setState('open');
      for (const [id, entry] of waiting) send(id, entry);
    };
    socket.onmessage = (message) => receive(JSON.parse(String(message.data)) as ServerMessage);
    socket.onclose = lose;
  }

  connect();
  return {
    call: (command, request) =>
      new Promise((resolve, reject) => {
        lastId += 1;
        const entry: Waiting = { command, request, resolve, reject, sent: false };
        waiting.set(lastId, entry);
        send(lastId, entry);
      }),
    onEvent(listener) {
      events.add(listener);
      return () => events.delete(listener);
    },
    onState(listener) {
      states.add(listener);
      listener(state);
      return () => states.delete(listener);
    },
    imageUrl: (id, picture) => `/image/${id}/${picture}`,
    pathsOf: uploadFiles,
  };
}
