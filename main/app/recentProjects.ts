import { z } from 'zod';
import { isProject } from '../library/projectFile.ts';
import { readJson, writeJson } from './jsonFile.ts';
import type { RecentProject } from '../../shared/contract/projectCommands.ts';

export interface RecentProjects {
  /** The last opened first. */
  list(): readonly RecentProject[];
  add(project: Pick<RecentProject, 'folder' | 'name'>): void;
  forget(folder: string): void;
}

const kept = 12;
const entries = z.array(z.object({ folder: z.string(), name: z.string(), openedAt: z.number() }));

/** The projects that were opened here, a JSON file. */
export function openRecentProjects(path: string): RecentProjects {
  const read = (): z.output<typeof entries> => entries.safeParse(readJson(path)['projects']).data ?? [];
  const write = (projects: z.output<typeof entries>): void => writeJson(path, { projects });
  const others = (folder: string): z.output<typeof entries> =>
    read().filter((project) => project.folder !== folder);
  return {
    list: () => read().map((project) => ({ ...project, exists: isProject(project.folder) })),
    add: ({ folder, name }) =>
      write([{ folder, name, openedAt: Date.now() }, ...others(folder)].slice(0, kept)),
    forget: (folder) => write(others(folder)),
  };
}
