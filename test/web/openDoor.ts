import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { createWebDoor, type WebDoorOptions } from '../../main/web/webDoor.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';
import type { Application } from '../../main/app/application.ts';
import type { AppEvent } from '../../shared/contract/events.ts';

export const token = 'the-token';

/** An application that answers what a test says, and whose events a test makes. */
export interface FakeApplication extends Application {
  emit(event: AppEvent): void;
  readonly listeners: ReadonlySet<(event: AppEvent) => void>;
  readonly asked: { readonly name: string; readonly request: unknown }[];
}

export function fakeApplication(parts: Partial<Application> = {}): FakeApplication {
  const listeners = new Set<(event: AppEvent) => void>();
  const asked: FakeApplication['asked'] = [];
  return {
    onEvent(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    readPicture: async () => null,
    exportedFile: async () => null,
    busyWith: () => [],
    close: async () => {},
    ...parts,
    call: async (name, asking) => {
      asked.push({ name, request: asking });
      return parts.call === undefined ? { name, request: asking } : parts.call(name, asking);
    },
    emit: (event) => listeners.forEach((listener) => listener(event)),
    listeners,
    asked,
  };
}

/** A folder with a page, a script of a built name, and a file beside it that nobody may read. */
function pages(): string {
  const folder = temporaryFolder();
  const built = join(folder, 'renderer');
  mkdirSync(join(built, 'assets'), { recursive: true });
  writeFileSync(join(built, 'index.html'), '<!doctype html><title>Genoise</title>');
  writeFileSync(join(built, 'assets', 'main-abc123.js'), 'export {};');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  return built;
}

export interface OpenDoor {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  readonly port: number;
  readonly address: string;
  /** What an admitted browser sends. */
  readonly headers: { readonly cookie: string; readonly origin: string };
  close(): Promise<void>;
}

/** A door on a free port, closed when the test has ended. */
export async function openDoor(
  application: Application,
  options: Partial<WebDoorOptions> = {},
): Promise<OpenDoor> {
  const door = await createWebDoor(application, {
    ...{ port: 0, host: '127.0.0.1', token, secret: 'the-secret', staticFolder: pages() },
    ...options,
  });
  onTestFinished(() => door.close());
  const { port, address } = door;
  const origin = `http://127.0.0.1:${port}`;
  const headers = { cookie: `genoise-${port}=${options.secret ?? 'the-secret'}`, origin };
  return { origin, port, address, headers, close: () => door.close() };
}

export interface RawAnswer {
  readonly status: number;
  readonly text: string;
}

/** A request whose path and headers, Host too, go out as they are: `fetch` would put both in order. */
export function rawRequest(
  port: number,
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, headers, method }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => (text += part));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    sent.on('error', reject).end();
  });
}

/** A page's connection. */
export interface Page {
  readonly socket: WebSocket;
  /** All frames so far. */
  readonly frames: Record<string, unknown>[];
  ask(id: number, command: string, request?: unknown): void;
  /** The first frame that fits, now or later. */
  frame(fits: (frame: Record<string, unknown>) => boolean): Promise<Record<string, unknown>>;
  readonly closed: Promise<number>;
}

export async function connect(door: OpenDoor, headers: Record<string, string> = {}): Promise<Page> {
  const { cookie, origin } = door.headers;
  const all = { cookie, origin, ...headers };
  const socket = new WebSocket(`ws://127.0.0.1:${door.port}/socket`, { headers: all });
  const frames: Record<string, unknown>[] = [];
  const lookers = new Set<() => void>();
  socket.on('message', (data: Buffer) => {
    frames.push(JSON.parse(data.toString()) as Record<string, unknown>);
    lookers.forEach((look) => look());
  });
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  onTestFinished(() => socket.terminate());
  await new Promise<void>((resolve, reject) => {
    socket.on('open', resolve);
    socket.on('error', reject);
    socket.on('unexpected-response', (_request, response) =>
      reject(new Error(`status ${response.statusCode}`)),
    );
  });
  return {
    socket,
    frames,
    closed,
    ask: (id, command, request = null) => socket.send(JSON.stringify({ id, command, request })),
    frame: (fits) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = frames.find(fits);
          if (found === undefined) return;
          lookers.delete(look);
          resolve(found);
        };
        lookers.add(look);
        look();
      }),
  };
}

/** Waits until `holds`; fails with the test's own timeout. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}
