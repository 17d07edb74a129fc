import { join } from 'node:path';
import { errorFromPlain } from '../../shared/errors.ts';
import { isProject } from '../library/projectFile.ts';
import { makeSampleImages } from './makeSampleImages.ts';
import { makeUnusedFolder } from './makeUnusedFolder.ts';
import { startImport } from './startImport.ts';
import type { ProjectView } from '../../shared/contract/projectCommands.ts';
import type { ApplicationContext } from './context.ts';

const name = 'Sample images';

/**
 * Draws the sample images as a job, makes a project of them and opens it. A project that was made of them before, where
 * projects are kept, is opened as it is.
 * @throws as `makeSampleImages` and `openLibrary`; cancelled when the job was stopped
 */
export async function openSamples(context: ApplicationContext): Promise<ProjectView> {
  const { projectsFolder } = context.settings.read();
  const before = join(projectsFolder, name);
  if (isProject(before)) return context.open(before);
  const images = await drawAsJob(context);
  // Opening a project ends all jobs: the drawing must be over by then.
  const project = await context.open(makeUnusedFolder(projectsFolder, name), true);
  startImport(context, [images]);
  return project;
}

async function drawAsJob(context: ApplicationContext): Promise<string> {
  const folder = Promise.withResolvers<string>();
  const { job, ended } = context.jobs.start({
    kind: 'prepare',
    title: 'Drawing the sample images',
    lane: 'import',
    run: async ({ report, signal }) => {
      report({ note: 'eight kinds of figures in chance colours' });
      const made = await makeSampleImages(
        context.options.dataFolder,
        ({ done, total }) => report({ progress: { done, total, unit: 'images' } }),
        signal,
      );
      folder.resolve(made);
    },
  });
  const { state, error } = await ended;
  if (state !== 'done' && error !== null) throw errorFromPlain(error);
  context.jobs.dismiss(job.id);
  return folder.promise;
}
