import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, writeJson } from './settingsFile.ts';

/** The project whose pretraining was under way when the application ended: its next start opens it by itself. */
export interface UnfinishedProject {
  /** Null where nothing was left, or the project is gone. */
  read(): string | null;
  remember(folder: string): void;
  forget(): void;
}

/** A JSON file; one that cannot be written costs the user a click at the next start, and nothing else. */
export function openUnfinished(path: string): UnfinishedProject {
  return {
    read: () => {
      const { project } = readJson(path);
      return typeof project === 'string' && existsSync(join(project, 'project.db')) ? project : null;
    },
    remember: (project) => {
      try {
        writeJson(path, { project });
      } catch {
        // As above.
      }
    },
    forget: () => rmSync(path, { force: true }),
  };
}
