import type { OpenOptions } from './contract.ts';
import { createProject, openProject, type Project } from './project.ts';

/** Opens a project for writing, made first where that is asked for. @throws as `openProject` or `createProject` */
export function openForWriting(folder: string, { create }: OpenOptions): Project {
  return create === undefined ? openProject(folder) : createProject(folder, create);
}
