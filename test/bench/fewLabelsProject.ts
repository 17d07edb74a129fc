import { resolve } from 'node:path';
import { importIntoProject } from '../../main/app/importIntoProject.ts';
import { projectStatus } from '../../main/app/projectStatus.ts';
import { withReadOnlyLibrary } from '../../main/app/withLibrary.ts';
import { say } from './report.ts';

/** A project of the photographs below `data`: those of `train/` to learn from, all of `test/` held out. */
export async function provideFewLabelsProject(project: string, data: string, seed: string): Promise<void> {
  const quiet = (): void => undefined;
  const [train, test] = [resolve(data, 'train'), resolve(data, 'test')];
  await importIntoProject(project, { folders: [train], heldOutFraction: 0, seed }, quiet);
  await importIntoProject(project, { folders: [test], holdOutAll: true }, quiet);
  const { images } = await withReadOnlyLibrary(project, projectStatus);
  say(`${images.ready} photographs, ${images.heldOut} of them for testing`);
}
