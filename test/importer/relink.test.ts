import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importIntoProject } from '../../main/app/importIntoProject.ts';
import { relinkImages } from '../../main/app/relinkImages.ts';
import { withLibrary } from '../../main/app/withLibrary.ts';
import { listImages } from '../../main/library/images.ts';
import { openProject, openProjectReadOnly } from '../../main/library/project.ts';
import { errorCode } from '../helpers/errorCode.ts';
import { plainPng } from '../helpers/sampleImage.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';

function idsByName(folder: string): (readonly [string, number])[] {
  const project = openProjectReadOnly(folder);
  const rows = listImages(project.db, 'ready').map(({ displayName, id }) => [displayName, id] as const);
  project.close();
  return rows;
}

describe('a folder of images that moved', () => {
  it('is found again in one step: rows keep their ids, and the next import has nothing to do', async () => {
    const [disk, project] = [temporaryFolder(), temporaryFolder()];
    for (const folder of ['one', 'two']) {
      mkdirSync(join(disk, 'old', folder), { recursive: true });
      for (let i = 0; i < 4; i += 1) {
        writeFileSync(
          join(disk, 'old', folder, `${i}.png`),
          await plainPng(i, folder.length, folder.charCodeAt(0)),
        );
      }
    }
    const folders = (parent: string) => ['one', 'two'].map((name) => join(disk, parent, name));
    await importIntoProject(project, { folders: folders('old') }, () => undefined);
    const before = idsByName(project);
    renameSync(join(disk, 'old'), join(disk, 'new'));
    mkdirSync(join(disk, 'empty'));

    const attempt = (from: string, to: string) =>
      errorCode(() =>
        withLibrary(project, (library) => relinkImages(library, join(disk, from), join(disk, to))),
      );
    expect(await attempt('elsewhere', 'new')).toBe('root-unknown');
    expect(await attempt('old', 'absent')).toBe('no-such-folder');
    expect(await attempt('old', 'empty')).toBe('relink-mismatch');

    rmSync(join(disk, 'new', 'one', '3.png'));
    const summary = await withLibrary(project, (library) =>
      relinkImages(library, join(disk, 'old'), join(disk, 'new')),
    );
    expect(summary).toMatchObject({ looked: 8, same: 7 });
    expect(summary.moved.map((move) => move.to)).toEqual(folders('new'));
    expect(idsByName(project)).toEqual(before);
    const again = await importIntoProject(project, { folders: folders('new') }, () => undefined);
    expect(again).toMatchObject({ imported: 0, images: 7, missing: 1 });
    expect(await attempt('new/one', 'new/two')).toBe('relink-taken');
  });

  it('is found under the name that it had on Windows', async () => {
    const [photos, project] = [temporaryFolder(), temporaryFolder()];
    mkdirSync(join(photos, 'here'));
    writeFileSync(join(photos, 'here', '1.png'), await plainPng(1));
    await importIntoProject(project, { folders: [join(photos, 'here')] }, () => undefined);
    const opened = openProject(project);
    opened.db.prepare('UPDATE roots SET folder = ?').run('D:\\photos\\here');
    opened.close();
    const moved = await withLibrary(project, (library) => relinkImages(library, 'D:\\photos\\', photos));
    expect(moved.moved).toEqual([{ from: 'D:\\photos\\here', to: join(photos, 'here') }]);
  });
});
