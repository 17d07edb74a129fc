import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { genoiseError } from '../../shared/errors.ts';
import type { Library } from '../library/client.ts';
import { createEvents, type Events } from './events.ts';
import { createFigureTeller } from './figureTeller.ts';
import { startDeciding } from './startDeciding.ts';
import { createJobQueue, type JobQueue } from './jobQueue.ts';
import { createPreparation } from './preparation.ts';
import { readProjectView } from './readProjectView.ts';
import { openRecentProjects, type RecentProjects } from './recentProjects.ts';
import { openSettings, type SettingsFile } from './settingsFile.ts';
import { openUnfinished, type UnfinishedProject } from './unfinishedProject.ts';
import type { Change } from '../../shared/contract/events.ts';
import type { ProjectView } from '../../shared/contract/projectCommands.ts';

export interface ApplicationOptions {
  /** Where settings and the list of recent projects are kept. Absolute; made where it is not. */
  readonly dataFolder: string;
  /** The user's home: where folders are chosen, and where projects are made unless the settings say otherwise. */
  readonly home: string;
  readonly door: 'desktop' | 'browser';
  /** Shows a file or folder (absolute) in the system's file manager, where the door can. */
  readonly showInFolder?: (path: string) => void;
}

/** What the commands of an open application work on. One project is open at a time, for all doors. */
export interface ApplicationContext {
  readonly options: ApplicationOptions;
  readonly events: Events;
  readonly jobs: JobQueue;
  readonly settings: SettingsFile;
  readonly recent: RecentProjects;
  readonly unfinished: UnfinishedProject;
  /** Whether the whole application is being closed: what stops now is to go on at its next start. */
  isClosing(): boolean;
  /** The open project. @throws no-open-project */
  library(): Library;
  current(): Promise<ProjectView | null>;
  /** Somebody is choosing a project, or images for a new one: starts what this will need. */
  prepare(): void;
  /** Closes what is open and opens this one; `create` makes it where there is none. @throws as `openLibrary` */
  open(folder: string, create?: boolean): Promise<ProjectView>;
  closeProject(): Promise<void>;
  /** Tells all doors that tables have changed, and the project's figures with them. */
  changed(...tables: readonly Change[]): void;
  close(): Promise<void>;
}

function isSameFolder(a: string, b: string): boolean {
  try {
    return realpathSync(a) === realpathSync(b);
  } catch {
    return a === b;
  }
}

export function createContext(options: ApplicationOptions): ApplicationContext {
  const events = createEvents();
  const jobs = createJobQueue((id, job) => {
    if (job === null) events.emit({ kind: 'job-gone', id });
    else if (job.state === 'running') events.emitSoon(id, { kind: 'job', job });
    // Before the end is told, what was said on the way: a late report must not follow it.
    else {
      events.emitSoon(id, { kind: 'job', job });
      events.flush();
    }
  });
  let library: Library | null = null;
  const preparation = createPreparation();

  async function current(): Promise<ProjectView | null> {
    return library === null ? null : readProjectView(library);
  }

  const inTurn = createTurns();

  async function closeOpen(): Promise<void> {
    await jobs.close();
    const closing = library;
    library = null;
    await closing?.close();
    if (closing !== null) events.emit({ kind: 'project', project: null });
  }

  const figures = createFigureTeller(current, events);
  let closing = false;
  const context: ApplicationContext = {
    options,
    events,
    jobs,
    ...openFiles(options),
    isClosing: () => closing,
    library() {
      if (library === null) throw genoiseError('no-open-project', {});
      return library;
    },
    current,
    prepare() {
      if (library === null && !closing) preparation.begin();
    },
    // In turn: of two windows that open projects at once, one would else keep its project open behind the other's.
    open: (folder, create = false) => inTurn(() => openAnother(folder, create)),
    closeProject: () => inTurn(closeOpen),
    changed(...tables) {
      events.changed(...tables);
      figures.tellSoon();
    },
    async close() {
      closing = true;
      await inTurn(closeOpen);
      await preparation.forget();
      events.flush();
    },
  };

  async function openAnother(folder: string, create: boolean): Promise<ProjectView> {
    if (library !== null && isSameFolder(library.folder, folder)) return readProjectView(library);
    // First, so that what cannot be opened takes nothing away.
    const opened = await preparation.take().open(folder, create ? { create: {} } : {});
    await closeOpen();
    library = opened;
    if (!create) await preparation.forget();
    const project = await readProjectView(library);
    context.recent.add({ folder: project.folder, name: project.name });
    events.emit({ kind: 'project', project });
    await startDeciding(context, library);
    return project;
  }

  return context;
}

/** @returns runs what it is given one after the other, whatever became of those before */
function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
}

function openFiles({
  dataFolder,
  home,
}: ApplicationOptions): Pick<ApplicationContext, 'settings' | 'recent' | 'unfinished'> {
  return {
    settings: openSettings(join(dataFolder, 'settings.json'), { projectsFolder: join(home, 'Genoise') }),
    recent: openRecentProjects(join(dataFolder, 'recent.json')),
    unfinished: openUnfinished(join(dataFolder, 'unfinished.json')),
  };
}
