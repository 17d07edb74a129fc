import { electronTransport } from './transport/electron.ts';
import { socketTransport } from './transport/socket.ts';
import type { CommandName, CommandRequest, CommandResult } from '../shared/contract/commands.ts';
import type { AppEvent } from '../shared/contract/events.ts';
import type {
  ConnectionState,
  DroppedFiles,
  Picture,
  Transport,
  UploadProgress,
} from './transport/transport.ts';

export type EventKind = AppEvent['kind'];
export type EventOf<K extends EventKind> = Extract<AppEvent, { readonly kind: K }>;

/** The way from the page to the application, whatever door the page was opened through. */
export class Api {
  readonly #transport: Transport;
  #project = '';

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Commands that need nothing are called without a request. Rejects with a GenoiseError. */
  call<N extends CommandName>(
    name: N,
    ...request: CommandRequest<N> extends null ? [] : [CommandRequest<N>]
  ): Promise<CommandResult<N>> {
    return this.#transport.call(name, request[0] ?? null) as Promise<CommandResult<N>>;
  }

  /** Listens to one kind of event; returns a function that stops it, fit to be returned from an `$effect`. */
  on<K extends EventKind>(kind: K, listener: (event: EventOf<K>) => void): () => void {
    return this.#transport.onEvent((event) => {
      if (event.kind === kind) listener(event as EventOf<K>);
    });
  }

  onState(listener: (state: ConnectionState) => void): () => void {
    return this.#transport.onState(listener);
  }

  /**
   * The address of a picture. Ids are the same in every project, and a browser shows again what it has shown under the
   * same address: it names the project (`picturesOf`) and a version.
   * @param version something that changes with the image, as its slot does
   */
  imageUrl(id: number, picture: Picture, version: number | null = null): string {
    const of = `?of=${this.#project}${version === null ? '' : `-${version}`}`;
    return this.#transport.imageUrl(id, picture) + of;
  }

  /** Tells which project's pictures are asked for from now on. */
  picturesOf(folder: string): void {
    let hash = 0;
    for (let i = 0; i < folder.length; i += 1) hash = (Math.imul(hash, 31) + folder.charCodeAt(i)) >>> 0;
    this.#project = hash.toString(36);
  }

  /** Use `uploads.pathsOf`, which shows how far it is. */
  pathsOf(files: DroppedFiles, progress: (state: UploadProgress) => void): Promise<readonly string[]> {
    return this.#transport.pathsOf(files, progress);
  }

  /** Whether the system's folder dialog is there; without it, use `folders.list`. */
  get hasFolderDialog(): boolean {
    return this.#transport.chooseFolders !== undefined;
  }

  /** The system's folder dialog; null when it was cancelled or is not there. */
  async chooseFolders(): Promise<readonly string[] | null> {
    return (await this.#transport.chooseFolders?.()) ?? null;
  }
}

function pageTransport(): Transport {
  if (window.genoise !== undefined) return electronTransport(window.genoise);
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
  return socketTransport(`${scheme}//${location.host}/socket`);
}

/** The page's one connection. Tests and the gallery make their own `Api` with a transport of theirs. */
export const api = new Api(pageTransport());
