import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createApplication } from '../../main/app/application.ts';
import { decideImages } from '../../main/app/decideImages.ts';
import { withLibrary } from '../../main/app/withLibrary.ts';
import { openLibrary, type Library } from '../../main/library/client.ts';
import { beginDecisions, openDecisions } from '../../main/library/decisions.ts';
import { changeDuplicates, planDuplicates } from '../../main/library/duplicates.ts';
import { planHeldOut } from '../../main/library/heldOutPlan.ts';
import { holdOut, holdOutRoots, trainOnRest } from '../../main/library/heldOutPool.ts';
import { writeImportBatch } from '../../main/library/images.ts';
import { createProject, openProject, type Project } from '../../main/library/project.ts';
import type { JobView } from '../../shared/contract/jobCommands.ts';
import type { ClassId, ImageId, ImportedImage, RootId } from '../../shared/records.ts';
import { groupDuplicates } from '../helpers/groupDuplicates.ts';
import { drawHeldOutPool } from '../helpers/drawHeldOutPool.ts';
import { importedImage } from '../helpers/importedImage.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';

const images = 3000;
const imagesBeside = 12_000;
let open: Project | undefined;
afterEach(() => open?.close());

/** A project with images about which nothing is decided; each tenth has the bytes of the one before. */
function imported(count = images): Project {
  const project = (open = createProject(temporaryFolder(), { seed: 'decide', heldOutFraction: 0.2 }));
  project.db.prepare("INSERT INTO roots (id, folder, added_at) VALUES (1, '/photos', 0)").run();
  writeImportBatch(project.db, { images: rows(count), missing: [] });
  return project;
}

function rows(count: number): readonly ImportedImage[] {
  return Array.from({ length: count }, (_, i) => {
    const name = `${i}.jpg`;
    return i % 10 === 9 ? importedImage(name, i - 1, `${i - 1}.jpg`) : importedImage(name, i);
  });
}

/** How long a label takes, in milliseconds. */
async function labelOne({ write }: Library, imageId: number, classId: ClassId): Promise<number> {
  const began = performance.now();
  await write.setLabels([{ imageId: imageId as ImageId, classId }], 'person');
  return performance.now() - began;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

function outcome({ db }: Project) {
  return {
    heldOut: db.prepare('SELECT id, held_out FROM images ORDER BY id').raw().all(),
    duplicates: db.prepare('SELECT * FROM duplicates ORDER BY image_id').raw().all(),
    open: openDecisions(db),
  };
}

function reopened(project: Project): Project {
  project.close();
  return (open = openProject(project.folder));
}

function undisturbed(count = images): ReturnType<typeof outcome> {
  const project = imported(count);
  groupDuplicates(project.db);
  drawHeldOutPool(project.db);
  const result = outcome(project);
  project.close();
  expect(result.duplicates.length).toBeGreaterThan(500);
  return result;
}

describe('what follows an import', () => {
  it('comes to the same bit by bit, while labels are given and hardly wait', async () => {
    const expected = undisturbed(imagesBeside);
    const project = imported(imagesBeside);
    project.close();
    const library = await openLibrary(project.folder);
    onTestFinished(() => library.close());
    const [oak] = await library.write.ensureClasses(['oak']);
    const quiet: number[] = [];
    for (let id = 1; id <= 20; id += 1) quiet.push(await labelOne(library, id, oak.id));
    let decided = false;
    const deciding = decideImages(library).finally(() => (decided = true));
    const beside: number[] = [];
    for (let id = 1; !decided; id += 1) beside.push(await labelOne(library, id, oak.id));
    await deciding;
    expect(beside.length).toBeGreaterThan(5);
    // On a busy machine everything takes its time.
    expect(median(beside)).toBeLessThan(50 + 10 * median(quiet));
    await library.close();
    open = openProject(project.folder);
    expect(outcome(open)).toEqual(expected);
  });

  it('is finished after the next opening, which does not wait for it, wherever it broke off', async () => {
    const expected = undisturbed();
    const first = imported();
    const { db } = first;
    beginDecisions(db);
    const { ids, groupIds, exact } = planDuplicates(db);
    const part = { ids: ids.slice(0, 99), groupIds: groupIds.slice(0, 99), exact: exact.slice(0, 99) };
    changeDuplicates(db, part);
    expect(await finished(first)).toEqual(expected);

    const third = imported();
    beginDecisions(third.db);
    groupDuplicates(third.db);
    holdOut(third.db, planHeldOut(third.db));
    trainOnRest(third.db, 0 as ImageId, 700);
    expect(openDecisions(third.db)).toBe('drawn');
    expect(await finished(third)).toEqual(expected);
  });

  it('holds the rest of a test folder out, where it broke off in the midst of it', async () => {
    const { db, folder, close } = imported();
    beginDecisions(db, [1 as RootId]);
    groupDuplicates(db);
    holdOutRoots(db, [1 as RootId], 0 as ImageId, 1000);
    close();
    await withLibrary(folder, async ({ read }) => {
      expect(await read.countImages()).toMatchObject({ ready: images, heldOut: images });
      expect(await read.listTestRoots()).toEqual([]);
    });
  });

  it('runs in the background of an application that opens the project', async () => {
    const expected = undisturbed();
    const project = imported();
    project.close();
    const home = temporaryFolder();
    const application = createApplication({ dataFolder: join(home, 'data'), home, door: 'browser' });
    onTestFinished(() => application.close());
    await application.call('project.open', { folder: project.folder });
    const jobs = (await application.call('jobs.list', null)) as readonly JobView[];
    expect(jobs).toMatchObject([{ kind: 'prepare', title: 'Finishing an import' }]);
    await vi.waitFor(
      async () => expect(await application.call('jobs.list', null)).toMatchObject([{ state: 'done' }]),
      {
        timeout: 20_000,
      },
    );
    await application.close();
    open = openProject(project.folder);
    expect(outcome(open)).toEqual(expected);
  });
});

/** Opens a project as a command does. */
async function finished(project: Project): Promise<ReturnType<typeof outcome>> {
  const reopening = reopened(project);
  expect(openDecisions(reopening.db)).not.toBeNull();
  reopening.close();
  await withLibrary(project.folder, () => Promise.resolve());
  open = openProject(project.folder);
  const result = outcome(open);
  open.close();
  return result;
}
