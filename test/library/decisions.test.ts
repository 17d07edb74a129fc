import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { decideImages } from '../../main/app/decideImages.ts';
import { openLibrary } from '../../main/library/client.ts';
import { beginDecisions, openDecisions } from '../../main/library/decisions.ts';
import { changeDuplicates, groupDuplicates, planDuplicates } from '../../main/library/duplicates.ts';
import { planHeldOut } from '../../main/library/heldOutPlan.ts';
import { drawHeldOutPool, holdOut, trainOnRest } from '../../main/library/heldOutPool.ts';
import { writeImportBatch } from '../../main/library/images.ts';
import { createProject, openProject, type Project } from '../../main/library/project.ts';
import type { ImageId } from '../../shared/records.ts';
import { importedImage } from '../helpers/importedImage.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';

const images = 3000;
let open: Project | undefined;
afterEach(() => open?.close());

/** A project with images about which nothing is decided; each tenth has the bytes of the one before. */
function imported(): Project {
  const project = (open = createProject(temporaryFolder(), { seed: 'decide', heldOutFraction: 0.2 }));
  project.db.prepare("INSERT INTO roots (id, folder, added_at) VALUES (1, '/photos', 0)").run();
  const rows = Array.from({ length: images }, (_, i) => {
    const name = `${i}.jpg`;
    return i % 10 === 9 ? importedImage(name, i - 1, `${i - 1}.jpg`) : importedImage(name, i);
  });
  writeImportBatch(project.db, { images: rows, missing: [] });
  return project;
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

function undisturbed(): ReturnType<typeof outcome> {
  const project = imported();
  groupDuplicates(project.db);
  drawHeldOutPool(project.db);
  const result = outcome(project);
  project.close();
  expect(result.duplicates.length).toBeGreaterThan(500);
  return result;
}

describe('what follows an import', () => {
  it('comes to the same bit by bit, while labels are given', async () => {
    const expected = undisturbed();
    const project = imported();
    const { folder } = project;
    // Opened in the middle, so that opening has nothing to finish: the images come through the threads.
    project.db.prepare('UPDATE images SET held_out = 0').run();
    project.close();
    const library = await openLibrary(folder);
    onTestFinished(() => library.close());
    const [oak] = await library.write.ensureClasses(['oak']);
    const rows = Array.from({ length: images }, (_, i) => {
      const name = `${i}.jpg`;
      return i % 10 === 9 ? importedImage(name, i - 1, `${i - 1}.jpg`) : importedImage(name, i);
    });
    const blank = rows.map((row) => ({ ...row, state: 'unreadable' as const, contentHash: null }));
    await library.write.writeBatch({ images: blank, missing: [] });
    await library.write.writeBatch({ images: rows, missing: [] });
    let labels = 0;
    const deciding = decideImages(library).then(() => (labels = -labels));
    for (let id = 1; labels >= 0; id += 1) {
      await library.write.setLabels([{ imageId: id as ImageId, classId: oak.id }], 'person');
      if (labels >= 0) labels += 1;
    }
    await deciding;
    expect(-labels).toBeGreaterThan(2);
    await library.close();
    open = openProject(folder);
    expect(outcome(open)).toEqual(expected);
  });

  it('is finished by the next to open the project, wherever it broke off', () => {
    const expected = undisturbed();
    const first = imported();
    const { db } = first;
    beginDecisions(db);
    const { ids, groupIds, exact } = planDuplicates(db);
    changeDuplicates(db, {
      ids: ids.slice(0, 99),
      groupIds: groupIds.slice(0, 99),
      exact: exact.slice(0, 99),
    });
    const second = reopened(first);
    expect(outcome(second)).toEqual(expected);
    second.close();

    const third = imported();
    beginDecisions(third.db);
    groupDuplicates(third.db);
    holdOut(third.db, planHeldOut(third.db));
    trainOnRest(third.db, 0 as ImageId, 700);
    expect(openDecisions(third.db)).toBe('drawn');
    expect(outcome(reopened(third))).toEqual(expected);
  });
});
