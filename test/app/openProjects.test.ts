import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { createContext, type ApplicationContext } from '../../main/app/context.ts';
import { isProjectOpen } from '../../main/library/lockProject.ts';
import { createProject } from '../../main/library/project.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';

let context: ApplicationContext | null = null;
afterEach(() => context?.close());

function projects(): { readonly folders: readonly string[]; readonly context: ApplicationContext } {
  const home = temporaryFolder();
  const folders = ['One', 'Two', 'Three'].map((name) => {
    const project = createProject(join(home, name));
    project.close();
    return project.folder;
  });
  context = createContext({ dataFolder: join(home, 'data'), home, door: 'browser' });
  return { folders, context };
}

it('goes from one project to another and back', async () => {
  const { folders, context } = projects();
  const [one, two] = folders;
  for (const folder of [one, two, one]) expect((await context.open(folder)).folder).toBe(folder);
  expect(folders.map(isProjectOpen)).toEqual([true, false, false]);
});

it('keeps one project open when two windows open one each at the same moment', async () => {
  const { folders, context } = projects();
  const [one, two, three] = folders;
  await context.open(three);
  // It takes long to stop: meanwhile both of the others are opened.
  context.jobs.start({
    kind: 'prepare',
    lane: 'compute',
    title: 'Slow to stop',
    run: ({ signal }) =>
      new Promise((resolve) => signal.addEventListener('abort', () => setTimeout(resolve, 3000))),
  });
  await Promise.all([context.open(one), context.open(two)]);
  expect(folders.map(isProjectOpen)).toEqual([false, true, false]);
  await context.close();
  expect(folders.map(isProjectOpen)).toEqual([false, false, false]);
});
