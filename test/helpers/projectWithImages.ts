import { createHash } from 'node:crypto';
import { onTestFinished } from 'vitest';
import type { ProjectSettings } from '../../main/library/settings.ts';
import { createProject, type Project } from '../../main/library/project.ts';
import type { ImportedImage, RootId } from '../../shared/records.ts';
import { temporaryFolder } from './temporaryFolder.ts';

/** A new project with one root (of id 1, not on disk), closed and removed when the running test has ended. */
export function emptyProject(settings: Partial<ProjectSettings> = { seed: 'test' }): Project {
  const project = createProject(temporaryFolder(), settings);
  onTestFinished(() => project.close());
  project.db.prepare("INSERT INTO roots (id, folder, added_at) VALUES (1, '/photos', 0)").run();
  return project;
}

/** What the importer would report for a readable file whose bytes are `content`. */
export function importedImage(path: string, slot: number, content = path): ImportedImage {
  const contentHash = createHash('sha256').update(content).digest('hex');
  return {
    rootId: 1 as RootId,
    relativePath: Buffer.from(path),
    displayName: path,
    contentHash,
    byteSize: 1000,
    mtime: 1_700_000_000_000,
    width: 64,
    height: 48,
    state: 'ready',
    reason: null,
    note: null,
    // Another picture looks quite different.
    perceptualHash: contentHash.slice(0, 16),
    slot,
  };
}
