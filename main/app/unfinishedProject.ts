import { rmSync } from 'node:fs';
import { isProject } from '../library/projectFile.ts';
import { readJson, writeJson } from './jsonFile.ts';

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
      return typeof project === 'string' && isProject(project) ? project : null;
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
