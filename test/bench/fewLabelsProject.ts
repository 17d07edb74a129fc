import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { importIntoProject } from '../../main/app/importIntoProject.ts';
import { projectStatus } from '../../main/app/projectStatus.ts';
import { withReadOnlyLibrary } from '../../main/app/withLibrary.ts';
import { say } from './report.ts';

/**
 * A project of the photographs below `data`: those of `train/` to learn from, all of `test/` held out.
 * @param perClass only so many of each class to learn from, copied to beside the project; all unless given
 */
export async function provideFewLabelsProject(
  project: string,
  data: string,
  seed: string,
  perClass?: number,
): Promise<void> {
  const quiet = (): void => undefined;
  const [all, test] = [resolve(data, 'train'), resolve(data, 'test')];
  const train = perClass === undefined ? all : firstOfEachClass(all, `${resolve(project)}-images`, perClass);
  await importIntoProject(project, { folders: [train], heldOutFraction: 0, seed }, quiet);
  await importIntoProject(project, { folders: [test], holdOutAll: true }, quiet);
  const { images } = await withReadOnlyLibrary(project, projectStatus);
  say(`${images.ready} photographs, ${images.heldOut} of them for testing`);
}

/** Copies the first `count` files by name of each class folder below `from` to one below `to`, which it returns. */
function firstOfEachClass(from: string, to: string, count: number): string {
  for (const name of readdirSync(from)) {
    mkdirSync(join(to, name), { recursive: true });
    for (const file of readdirSync(join(from, name)).toSorted().slice(0, count)) {
      cpSync(join(from, name, file), join(to, name, file));
    }
  }
  return to;
}
