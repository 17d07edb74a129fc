import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createApplication, type Application } from '../../main/app/application.ts';
import type { CommandName, CommandRequest, CommandResult } from '../../shared/contract/commands.ts';
import type { ImageId } from '../../shared/records.ts';
import { errorCode } from '../helpers/errorCode.ts';
import { plainPng } from '../helpers/sampleImage.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const disk = { freeBytes: 1e15 };
vi.mock('node:fs/promises', async (original) => ({
  ...(await original<typeof import('node:fs/promises')>()),
  statfs: async () => ({ bavail: disk.freeBytes, bsize: 1 }),
}));

const home = mkdtempSync(join(realpathSync(tmpdir()), 'genoise-test-'));
const photos = join(home, 'photos');
let application: Application;

function call<N extends CommandName>(name: N, request: CommandRequest<N>): Promise<CommandResult<N>> {
  return application.call(name, request) as Promise<CommandResult<N>>;
}

const all = { filter: { show: 'all' }, sort: 'imported' } as const;

/** Waits until no job is left that has not ended. */
async function idle(): Promise<void> {
  while ((await call('jobs.list', null)).some((job) => job.endedAt === null)) {
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

beforeAll(async () => {
  for (const folder of ['red/dark', 'red/light', 'blue'])
    mkdirSync(join(photos, folder), { recursive: true });
  writeFileSync(join(photos, 'top.png'), await plainPng(9, 200, 9));
  for (let i = 0; i < 4; i++) {
    writeFileSync(join(photos, 'red/dark', `${i}.png`), await plainPng(60 + i * 8));
    writeFileSync(join(photos, 'blue', `${i}.png`), await plainPng(0, 0, 100 + i * 8, 300));
  }
  writeFileSync(join(photos, 'red/light', 'a.png'), await plainPng(250));
  writeFileSync(join(photos, 'red/light', 'copy.png'), await plainPng(250));
  writeFileSync(join(photos, 'broken.jpg'), 'no picture');
  application = createApplication({ dataFolder: join(home, 'data'), home, door: 'browser' });
  await call('project.create', { folders: [photos] });
  await idle();
});
afterAll(async () => {
  await application.close();
  rmSync(home, { recursive: true, force: true });
});

describe('a project of a few folders', () => {
  it('lists windows of its images and finds one in them', async () => {
    const { rows, total, order } = await call('images.window', { query: all, start: 2, count: 3 });
    expect(total).toBe(12);
    expect(rows).toHaveLength(3);
    expect(await call('images.position', { query: all, id: rows[1].id, order })).toBe(3);
    const text = { filter: { show: 'all', text: 'BLUE/' }, sort: 'name' } as const;
    expect((await call('images.window', { query: text, start: 0, count: 9 })).total).toBe(4);
  });

  it('counts what each filter would list', async () => {
    const { sets, classes } = await call('images.counts', null);
    expect(sets).toMatchObject({ all: 12, ready: 11, unreadable: 1, missing: 0, labelled: 0 });
    expect(sets.duplicates).toBeGreaterThanOrEqual(2);
    expect(classes).toEqual([]);
  });

  it('tells the folders with what lies below each', async () => {
    const [root] = await call('images.roots', null);
    expect(root).toMatchObject({ folder: photos, exists: true, images: 12 });
    expect(await call('images.folders', { rootId: root.id, folder: '' })).toEqual([
      { name: 'blue', folder: 'blue', images: 4 },
      { name: 'red', folder: 'red', images: 6 },
    ]);
    expect(await call('images.folders', { rootId: root.id, folder: 'red' })).toEqual([
      { name: 'dark', folder: 'red/dark', images: 4 },
      { name: 'light', folder: 'red/light', images: 2 },
    ]);
    expect(await call('images.folders', { rootId: root.id, folder: 'red/dark' })).toEqual([]);
  });

  it('says which files cannot be read, and why', async () => {
    const { total, reasons, files } = await call('images.unreadable', null);
    expect(total).toBe(1);
    expect(reasons).toEqual([{ reason: files[0].reason, files: 1 }]);
    expect(files[0].file).toBe('broken.jpg');
  });

  it('tells all of one image, and shows it in full', async () => {
    const light = { filter: { show: 'all', folder: 'red/light' }, sort: 'name' } as const;
    const { rows } = await call('images.window', { query: light, start: 0, count: 2 });
    const details = await call('images.details', { id: rows[0].id });
    expect(details).toMatchObject({
      path: join(photos, 'red/light/a.png'),
      width: 8,
      height: 8,
      state: 'ready',
    });
    expect(details?.duplicates).toContainEqual({ id: rows[1].id, name: 'red/light/copy.png', kind: 'exact' });
    const full = await application.readPicture(rows[0].id, 'full');
    expect(full?.type).toBe('image/png');
    expect(await call('images.details', { id: 999 as ImageId })).toBeNull();
  });

  it('keeps what is open when another project cannot be opened', async () => {
    const broken = join(home, 'Genoise', 'broken');
    mkdirSync(broken, { recursive: true });
    writeFileSync(join(broken, 'project.db'), 'not a database, not even nearly'.repeat(200));
    await expect(call('project.open', { folder: broken })).rejects.toThrow();
    expect((await call('project.current', null))?.images.ready).toBe(11);
    rmSync(broken, { recursive: true });
  });

  it('marks projects where folders are chosen', async () => {
    const { folders } = await call('folders.list', { folder: join(home, 'Genoise') });
    expect(folders).toEqual([{ name: 'photos', path: join(home, 'Genoise', 'photos'), isProject: true }]);
  });

  it('copies single files that are added, and not what lies beside them', async () => {
    const file = join(home, 'single.png');
    writeFileSync(file, await plainPng(120, 120, 0));
    writeFileSync(join(home, 'other.png'), await plainPng(120, 0, 120));
    await call('project.import', { folders: [file] });
    await idle();
    expect((await call('images.counts', null)).sets.all).toBe(13);
    expect(readdirSync(join(home, 'Genoise', 'photos', 'dropped', '1'))).toEqual(['single.png']);
  });

  it('finds a folder again that was moved', async () => {
    const moved = join(home, 'moved');
    renameSync(photos, moved);
    const gone = (await call('images.roots', null)).find((root) => root.folder === photos);
    expect(gone?.exists).toBe(false);
    if (gone === undefined) return;
    const wrong = { rootId: gone.id, to: join(home, 'data') };
    expect(await errorCode(() => call('images.relink', wrong))).toBe('relink-mismatch');
    await call('images.relink', { rootId: gone.id, to: moved });
    await idle();
    expect((await call('images.counts', null)).sets).toMatchObject({ all: 13, missing: 0 });
  });
});

describe('a project that takes much of the disk', () => {
  it('waits to be told how large the copies shall be', async () => {
    disk.freeBytes = 1000;
    await call('project.create', { folders: [join(home, 'moved', 'blue')], name: 'large' });
    const question = await vi.waitFor(async () => {
      const asked = await call('images.storeQuestion', null);
      expect(asked).not.toBeNull();
      return asked;
    }, 60_000);
    expect(question?.images).toBe(4);
    expect(question?.choices[0].slotSize).toBe(256);
    const smaller = question?.choices[1];
    expect(smaller?.bytes).toBeLessThan(question?.choices[0].bytes ?? 0);
    await call('images.answerStore', { slotSize: smaller?.slotSize ?? 0 });
    await idle();
    expect((await call('jobs.list', null)).at(-1)?.error).toBeNull();
    expect((await call('images.counts', null)).sets.ready).toBe(4);
    expect(await call('images.storeQuestion', null)).toBeNull();
    expect(await errorCode(() => call('images.answerStore', { slotSize: 32 }))).toBe('no-such-job');
  });
});

describe('the sample images', () => {
  it('are drawn once, and opened again afterwards', async () => {
    disk.freeBytes = 1e15;
    // What is drawn here already is taken.
    const drawn = join(home, 'data', 'sample-images', 'rings');
    mkdirSync(drawn, { recursive: true });
    writeFileSync(join(drawn, '1.png'), await plainPng(1));
    const first = await call('project.createSample', null);
    await idle();
    expect(first.name).toBe('Sample images');
    await call('project.close', null);
    expect(await call('project.createSample', null)).toMatchObject({
      folder: first.folder,
      images: { ready: 1 },
    });
  });
});
