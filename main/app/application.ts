import { commands, type CommandName } from '../../shared/contract/commands.ts';
import { genoiseError } from '../../shared/errors.ts';
import { readFullPicture } from './readFullPicture.ts';
import { exportedFile, type ExportedFile } from './exportedFile.ts';
import { createContext, type ApplicationOptions, type ApplicationContext } from './context.ts';
import { handlers } from './handlers.ts';
import type { AppEvent } from '../../shared/contract/events.ts';
import type { ImageId } from '../../shared/records.ts';

/** A picture as a door hands it on. */
export interface Picture {
  /** For example `image/jpeg`. */
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** The application behind all doors that stay open: the desktop window and the browser's pages. */
export interface Application {
  /**
   * Does what a door asks for. Request and result are held against the contract.
   * @throws GenoiseError, always: `bad-request` for what the contract does not know
   */
  call(name: string, request: unknown): Promise<unknown>;
  /** @returns what ends the subscription */
  onEvent(listener: (event: AppEvent) => void): () => void;
  /** A picture of an image of the open project; null when there is none. */
  readPicture(id: ImageId, size: 'thumbnail' | 'full'): Promise<Picture | null>;
  /** Where a file of an export is, to be fetched; null for what is not on the list of exports. */
  exportedFile(id: number, name: string): Promise<ExportedFile | null>;
  /** Whether closing now would interrupt something: sentences for people. */
  busyWith(): readonly string[];
  /** Stops jobs, which save what they have, and closes the project. */
  close(): Promise<void>;
}

export function createApplication(options: ApplicationOptions): Application {
  const context = createContext(options);
  const ready = openUnfinishedProject(context);
  return {
    call: async (name, request) => {
      await ready;
      return call(context, name, request);
    },
    onEvent: (listener) => context.events.add(listener),
    readPicture: async (id, size) => {
      const library = context.library();
      return size === 'thumbnail' ? library.read.getThumbnail(id) : readFullPicture(library, id);
    },
    exportedFile: (id, name) => exportedFile(context, id, name),
    busyWith: () =>
      context.jobs
        .list()
        .flatMap((job) => (job.endedAt === null && job.state !== 'waiting' ? [job.title] : [])),
    close: async () => {
      await ready;
      await context.close();
    },
  };
}

/** Where the application ended in the middle of a pretraining, that project is opened again, to be gone on with. */
async function openUnfinishedProject(context: ApplicationContext): Promise<void> {
  const folder = context.unfinished.read();
  if (folder === null) return;
  try {
    await context.open(folder);
  } catch {
    // It is among the recent projects, where opening it says what is wrong.
    context.unfinished.forget();
  }
}

async function call(context: ApplicationContext, name: string, request: unknown): Promise<unknown> {
  if (!isCommand(name))
    throw genoiseError('bad-request', { command: name, problem: 'there is no such command' });
  const { request: expected, result: promised } = commands[name];
  const parsed = expected.safeParse(request ?? null);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const problem = `${issue.path.join('.') || 'the request'}: ${issue.message}`;
    throw genoiseError('bad-request', { command: name, problem }, parsed.error);
  }
  // Each handler takes what its own schema lets through: the table's type says so, a name known only now does not.
  const handle = handlers[name] as (context: ApplicationContext, request: unknown) => Promise<unknown>;
  return promised.parse((await handle(context, parsed.data)) ?? null);
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(commands, name);
}
