import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createApplication, type Application } from '../../main/app/application.ts';
import type { CommandName, CommandRequest, CommandResult } from '../../shared/contract/commands.ts';
import type { ClassId, ImageId } from '../../shared/records.ts';
import { errorCode } from '../helpers/errorCode.ts';
import { plainPng } from '../helpers/sampleImage.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const home = mkdtempSync(join(realpathSync(tmpdir()), 'genoise-test-'));
const options = { dataFolder: join(home, 'data'), home, door: 'browser' } as const;
let application: Application;
let folder: string;

function call<N extends CommandName>(name: N, request: CommandRequest<N>): Promise<CommandResult<N>> {
  return application.call(name, request) as Promise<CommandResult<N>>;
}

const label = (ids: readonly ImageId[], classId: ClassId | null) =>
  call('labels.set', { images: { ids: [...ids] }, classId });

beforeAll(async () => {
  for (const name of ['red', 'blue']) {
    mkdirSync(join(home, 'photos', name), { recursive: true });
    for (let i = 0; i < 30; i++) {
      const picture = name === 'red' ? await plainPng(60 + i * 5) : await plainPng(0, 0, 60 + i * 5);
      writeFileSync(join(home, 'photos', name, `${i}.png`), picture);
    }
  }
  application = createApplication(options);
  folder = (await call('project.create', { folders: [join(home, 'photos')] })).folder;
  while ((await call('jobs.list', null)).some((job) => job.endedAt === null)) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
});

afterAll(async () => {
  await application.close();
  rmSync(home, { recursive: true, force: true });
});

describe('labelling in the application', () => {
  it('asks about images in rounds, held-out ones marked, and takes answers and marks for them', async () => {
    const red = await call('classes.create', { name: ' red ' });
    expect(red).toMatchObject({ name: 'red', key: '1' });
    const round = await call('labels.round', null);
    expect(round).toMatchObject({ number: 1, embedded: false, outdated: false });
    expect(round.images.some(({ heldOut }) => heldOut)).toBe(true);
    const [first, second, ...others] = round.images.map(({ imageId }) => imageId);
    expect(await label([first], red.id)).toMatchObject({ changed: 1 });
    await call('labels.mark', { images: { ids: [second] }, mark: 'skipped' });
    const again = await call('labels.round', null);
    expect(again.images.slice(0, 2)).toMatchObject([{ classId: red.id }, { mark: 'skipped' }]);

    await label(others, red.id);
    const next = await call('labels.nextRound', { after: 1 });
    expect(next.number).toBe(2);
    const seen = new Set<ImageId>([first, second, ...others]);
    expect(next.images.filter(({ imageId }) => seen.has(imageId))).toEqual([]);
    // Another window that is still in the first round gets the same one.
    expect((await call('labels.nextRound', { after: 1 })).number).toBe(2);
  });

  it('takes steps back and does them again, also after a restart', async () => {
    const [newest] = await call('labels.recent', { count: 10 });
    expect(newest).toMatchObject({ kind: 'labels', undone: false });
    await application.close();
    application = createApplication(options);
    await call('project.open', { folder });
    const undone = await call('labels.undo', null);
    expect(undone?.labels).toHaveLength(newest.images);
    expect((await call('labels.recent', { count: 10 }))[0]).toMatchObject({ undone: true });
    expect(await call('labels.redo', null)).toMatchObject({ changeId: newest.changeId });
  });

  it('undoes the very step that is meant, or nothing', async () => {
    const [red] = await call('classes.list', null);
    const [image, other] = (await call('labels.round', null)).images.map(({ imageId }) => imageId);
    const own = await label([image], red.id);
    const later = await call('labels.mark', { images: { ids: [other] }, mark: 'unsure' });
    expect((await label([image], red.id)).changeId).toBeNull();
    const undo = (changeId: number | null) => call('labels.undo', { only: changeId ?? 0 });
    expect(await undo(own.changeId)).toBeNull();
    expect((await undo(later.changeId))?.marks).toEqual([{ imageId: other, mark: null }]);
    expect(await undo(later.changeId)).toBeNull();
    expect((await undo(own.changeId))?.labels).toEqual([{ imageId: image, classId: null }]);
  });

  it('labels all that a query lists but a few, and merges and deletes classes with a preview', async () => {
    const [red] = await call('classes.list', null);
    const blue = await call('classes.create', { name: 'blue' });
    expect(await errorCode(() => call('classes.create', { name: 'blue' }))).toBe('class-name-taken');
    const query = { filter: { show: 'unlabeled' }, sort: 'imported' } as const;
    const { total, rows, order } = await call('images.window', { query, start: 0, count: 1 });
    const { changed } = await call('labels.set', {
      images: { query, except: [rows[0].id], order },
      classId: blue.id,
    });
    expect(changed).toBe(total - 1);
    const preview = await call('classes.preview', { id: blue.id });
    expect(preview.training + preview.heldOut).toBe(changed);
    expect(await call('classes.merge', { from: blue.id, into: red.id })).toMatchObject({ changed });
    expect(await errorCode(() => label([rows[0].id], blue.id))).toBe('no-such-class');
    expect((await call('labels.undo', null))?.classes).toEqual([blue.id]);
    expect((await call('labels.counts', null)).map(({ name }) => name)).toEqual(['red', 'blue']);
  });

  it('takes labels from folders and from the text of a CSV file', async () => {
    expect(await call('labels.folderNames', null)).toEqual({
      classes: [
        { name: 'blue', images: 30 },
        { name: 'red', images: 30 },
      ],
      images: 60,
    });
    await call('labels.fromFolders', null);
    const counts = await call('labels.counts', null);
    expect(counts.map(({ training, heldOut }) => training + heldOut)).toEqual([30, 30]);
    const csv = { name: 'mine.csv', text: 'file,label\nred/1.png,pink\n' };
    expect(await errorCode(() => call('labels.fromCsv', { ...csv, newClasses: false }))).toBe(
      'unknown-class',
    );
    expect(await call('labels.fromCsv', { ...csv, newClasses: true })).toMatchObject({ changed: 1 });
    expect(await call('labels.embeddings', null)).toEqual({ state: 'no-encoder' });
  });
});
