import type { CommandName } from '../../shared/contract/commands.ts';

/**
 * Commands that change nothing: asked again by themselves when the connection was lost while they were under way.
 * All others are rejected then, since they may have been done.
 */
export const reads: ReadonlySet<string> = new Set<CommandName>([
  'folders.list',
  'jobs.list',
  'project.current',
  'project.recent',
  'settings.about',
  'settings.read',
  'settings.storage',
]);
