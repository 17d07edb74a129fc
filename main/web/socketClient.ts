import { z } from 'zod';
import { errorToPlain, genoiseError, type PlainError } from '../../shared/errors.ts';
import { createEventOutbox } from './eventOutbox.ts';
import type { WebSocket } from 'ws';
import type { AppEvent } from '../../shared/contract/events.ts';

/** What a page needs of the application. */
export interface SocketServices {
  readonly call: (name: string, request: unknown) => Promise<unknown>;
  readonly onEvent: (listener: (event: AppEvent) => void) => () => void;
}

type Frame =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: PlainError }
  | { readonly event: AppEvent };

const frameId = z.object({ id: z.number().int().nonnegative() });
const question = z.object({
  id: z.number().int().nonnegative(),
  command: z.string().min(1).max(100),
  request: z.unknown(),
});

/** Bytes on their way to a client above which it is told only the newest. */
const behindBytes = 512 * 1024;
/** Bytes above which a client reads nothing any more. */
const stuckBytes = 256 * 1024 * 1024;
/** Questions that a client may have open; it is not listened to until some are answered. */
const openQuestions = 256;

const notUnderstood = 1007;

/**
 * Serves one page: its questions are begun in the order in which they come and answered as they are done; events come
 * in their own order. A frame without a number that could be answered ends the connection.
 */
export function serveClient(socket: WebSocket, { call, onEvent }: SocketServices): void {
  let open = 0;

  function send(frame: Frame): void {
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > stuckBytes) socket.terminate();
    else socket.send(JSON.stringify(frame), () => outbox.flush());
  }

  const outbox = createEventOutbox({
    isBehind: () => socket.bufferedAmount > behindBytes,
    send: (event) => send({ event }),
  });

  async function answer(data: string): Promise<void> {
    const frame = parse(data);
    const numbered = frameId.safeParse(frame);
    if (!numbered.success) {
      socket.close(notUnderstood, 'not understood');
      return;
    }
    const { id } = numbered.data;
    open += 1;
    if (open >= openQuestions) socket.pause();
    try {
      const asked = question.safeParse(frame);
      if (!asked.success) throw genoiseError('bad-request', { command: '', problem: 'it names no command' });
      send({ id, result: (await call(asked.data.command, asked.data.request)) ?? null });
    } catch (error) {
      send({ id, error: errorToPlain(error) });
    } finally {
      open -= 1;
      if (open < openQuestions && socket.isPaused) socket.resume();
    }
  }

  const stopListening = onEvent((event) => outbox.push(event));
  socket.on('close', stopListening);
  // Told again as a close: what is too long or no text ends the connection, and nothing else.
  socket.on('error', () => {});
  socket.on('message', (data, isBinary) => {
    if (isBinary) socket.close(notUnderstood, 'not understood');
    else void answer(textOf(data));
  });
}

function textOf(data: Buffer | ArrayBuffer | Buffer[]): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return data instanceof ArrayBuffer ? Buffer.from(data).toString() : data.toString();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
