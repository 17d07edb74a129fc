import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import type { ProjectView } from '../../shared/contract/projectCommands.ts';
import type { Library } from '../library/client.ts';

/** The figures of a project that every screen shows. */
export async function readProjectView(library: Library): Promise<ProjectView> {
  const { folder, read } = library;
  const [images, classes, runs, classifier] = await Promise.all([
    read.countImages(),
    read.countLabels(),
    read.listRuns(),
    read.latestClassifier(),
  ]);
  return {
    folder,
    name: basename(folder),
    images: {
      ready: images.ready,
      unreadable: images.unreadable,
      missing: images.missing,
      heldOut: images.heldOut,
    },
    labelled: classes.reduce((sum, each) => sum + each.training + each.heldOut, 0),
    classes: classes.length,
    pretrained: runs.some((run) => run.kind === 'pretrain' && run.doneSteps > 0),
    trained: classifier !== null,
    exported: holdsFolders(library.exportsFolder),
  };
}

function holdsFolders(folder: string): boolean {
  try {
    return readdirSync(folder).length > 0;
  } catch {
    return false;
  }
}
