import { onTestFinished } from 'vitest';
import type { ProjectSettings } from '../../main/library/settings.ts';
import { createProject, type Project } from '../../main/library/project.ts';
import { temporaryFolder } from './temporaryFolder.ts';

/** A new project with one root (of id 1, not on disk), closed and removed when the running test has ended. */
export function emptyProject(settings: Partial<ProjectSettings> = { seed: 'test' }): Project {
  const project = createProject(temporaryFolder(), settings);
  onTestFinished(() => project.close());
  project.db.prepare("INSERT INTO roots (id, folder, added_at) VALUES (1, '/photos', 0)").run();
  return project;
}
