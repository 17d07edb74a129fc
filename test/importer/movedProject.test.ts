import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { exportLabels } from '../../main/app/exportLabels.ts';
import { importIntoProject } from '../../main/app/importIntoProject.ts';
import { labelImages } from '../../main/app/labelImages.ts';
import { projectStatus } from '../../main/app/projectStatus.ts';
import { relinkImages } from '../../main/app/relinkImages.ts';
import { withLibrary, withReadOnlyLibrary } from '../../main/app/withLibrary.ts';
import { openPixelStore } from '../../main/importer/pixelStore.ts';
import { openProject } from '../../main/library/project.ts';
import { simclrViews } from '../../main/ssl/views/recipes.ts';
import { createBatchReader } from '../../main/training/batchReader.ts';
import { plainPng } from '../helpers/sampleImage.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';

/** Two folders of images, and a project with all of them labelled. */
async function makeProject(machine: string): Promise<string> {
  const project = join(machine, 'project');
  const folders = ['summer', 'winter'].map((season) => join(machine, 'photos', season));
  for (const [i, folder] of folders.entries()) {
    for (const [j, name] of ['oak', 'elm'].entries()) {
      mkdirSync(join(folder, name), { recursive: true });
      for (let k = 0; k < 5; k += 1) {
        writeFileSync(join(folder, name, `${k}.png`), await plainPng(100 * i + 9 * k, 90 * j));
      }
    }
  }
  await importIntoProject(project, { folders, heldOutFraction: 0 }, () => undefined);
  await withLibrary(project, (library) => labelImages(library, { source: { kind: 'folders' } }));
  return project;
}

it('a project that was copied to another machine has its images again after one step', async () => {
  const [here, there] = [temporaryFolder(), temporaryFolder()];
  const project = await makeProject(here);
  const copy = join(there, 'my project');
  // As it lies on the disk while somebody has it open.
  const open = openProject(project);
  cpSync(project, copy, { recursive: true });
  open.close();
  renameSync(join(here, 'photos'), join(there, 'pictures'));
  rmSync(here, { recursive: true });

  const before = await withReadOnlyLibrary(copy, projectStatus);
  expect(before.images).toMatchObject({ ready: 20, missing: 0 });
  const moved = await withLibrary(copy, (library) =>
    relinkImages(library, join(here, 'photos'), join(there, 'pictures')),
  );
  expect(moved).toMatchObject({ looked: 20, same: 20 });
  const roots = ['summer', 'winter'].map((season) => join(there, 'pictures', season));
  const after = await withReadOnlyLibrary(copy, projectStatus);
  expect(after).toMatchObject({ ...before, roots });

  // Pretraining reads pixels of the project alone.
  const { pixelsFolder, slots } = await withLibrary(copy, async ({ pixelsFolder, read }) => {
    return { pixelsFolder, slots: [...(await read.listTrainingSlots())] };
  });
  const store = openPixelStore(pixelsFolder);
  onTestFinished(() => store.close());
  const batches = createBatchReader({
    ...{ store, slots, batchSize: 20, seed: 1, recipes: simclrViews('small', 8) },
  });
  onTestFinished(() => batches.stop());
  // The brightest red of winter's last oak.
  expect(Math.max(...(await batches.read(0)).images.data)).toBe(136);

  const out = join(there, 'labels.csv');
  await withReadOnlyLibrary(copy, (library) => exportLabels(library, 'csv', out));
  const lines = readFileSync(out, 'utf8').trim().split('\n').slice(1);
  expect(lines).toHaveLength(20);
  for (const line of lines) {
    const [file, label] = line.split(',');
    expect(readFileSync(file).length).toBeGreaterThan(0);
    expect(file).toMatch(new RegExp(`^${there}/pictures/(summer|winter)/${label}/\\d[.]png$`));
  }
  await withReadOnlyLibrary(copy, (library) => exportLabels(library, 'imagefolder', join(there, 'sorted')));
  expect(readFileSync(join(there, 'sorted/oak/winter/oak/0.png')).equals(await plainPng(100, 0))).toBe(true);
  const again = await importIntoProject(copy, { folders: roots }, () => undefined);
  expect(again).toMatchObject({ imported: 0, images: 20, missing: 0 });
});
