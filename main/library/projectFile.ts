import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The database of the project in `folder`: what makes that folder a project. */
export function projectFile(folder: string): string {
  return join(folder, 'project.db');
}

/** Whether `folder` holds a project. */
export function isProject(folder: string): boolean {
  return existsSync(projectFile(folder));
}
