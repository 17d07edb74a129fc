import type { CommandName } from '../../shared/contract/commands.ts';

/**
 * Commands that change nothing: asked again by themselves when the connection was lost while they were under way.
 * All others are rejected then, since they may have been done.
 */
export const reads: ReadonlySet<string> = new Set<CommandName>([
  'classes.list',
  'classes.preview',
  'folders.list',
  'images.counts',
  'images.details',
  'images.folders',
  'images.ids',
  'images.position',
  'images.roots',
  'images.storeQuestion',
  'images.unreadable',
  'images.window',
  'jobs.list',
  'labels.counts',
  'labels.embeddings',
  'labels.folderNames',
  'labels.images',
  'labels.nextRound',
  'labels.recent',
  'labels.round',
  'project.current',
  'project.recent',
  'settings.about',
  'settings.read',
  'settings.storage',
]);
