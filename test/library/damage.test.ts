import {
  closeSync,
  cpSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveRescuedLabels } from '../../main/app/saveRescuedLabels.ts';
import { openLibrary } from '../../main/library/client.ts';
import { openDirectLibraryReadOnly } from '../../main/library/directLibrary.ts';
import { ensureClasses } from '../../main/library/classes.ts';
import { writeImportBatch } from '../../main/library/images.ts';
import { setLabels } from '../../main/library/labels.ts';
import { createProject, openProject, openProjectReadOnly } from '../../main/library/project.ts';
import { rescueLabels } from '../../main/library/rescueLabels.ts';
import type { ImageId } from '../../shared/records.ts';
import { errorCode } from '../helpers/errorCode.ts';
import { importedImage } from '../helpers/importedImage.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';

const pageSize = 4096;
const count = 1500;

let original = '';

beforeAll(() => {
  original = mkdtempSync(join(tmpdir(), 'genoise-test-'));
  const { db, close } = createProject(original, { seed: 's' });
  db.prepare("INSERT INTO roots (id, folder, added_at) VALUES (1, '/photos', 0)").run();
  const images = Array.from({ length: count }, (_, i) => importedImage(`${i}.jpg`, i));
  writeImportBatch(db, { images, missing: [] });
  const [oak, elm] = ensureClasses(db, ['oak', 'elm']);
  const labels = images.map((_, i) => ({ imageId: (i + 1) as ImageId, classId: i % 2 ? elm.id : oak.id }));
  setLabels(db, labels, 'person');
  close();
});
afterAll(() => rmSync(original, { recursive: true, force: true }));

/** A closed project of 1,500 images, all labelled oak or elm in turns. */
function labelledProject(): string {
  const folder = temporaryFolder();
  cpSync(original, folder, { recursive: true });
  return folder;
}

function numbers(to: number): readonly number[] {
  return Array.from({ length: to }, (_, i) => i + 1);
}

/** The pages of the list of tables. */
function pagesOfSchema(folder: string): readonly number[] {
  const file = readFileSync(join(folder, 'project.db'));
  const cells = numbers(file.readUInt16BE(103)).map((_, i) => file.readUInt16BE(112 + 2 * i));
  return [1, ...cells.map((at) => file.readUInt32BE(at)), file.readUInt32BE(108)];
}

/** The numbers (from 1) of the pages of a table or index. */
function pagesOf(folder: string, name: string): readonly number[] {
  const { db, close } = openProjectReadOnly(folder);
  const roots = db
    .prepare<unknown[], number>('SELECT rootpage FROM sqlite_schema WHERE name = ?')
    .pluck()
    .all(name);
  close();
  const file = readFileSync(join(folder, 'project.db'));
  const pages: number[] = [];
  const visit = (page: number): void => {
    pages.push(page);
    const at = (page - 1) * pageSize;
    const kind = file[at];
    if (kind !== 5 && kind !== 2) return;
    for (let i = 0; i < file.readUInt16BE(at + 3); i++)
      visit(file.readUInt32BE(at + file.readUInt16BE(at + 12 + 2 * i)));
    visit(file.readUInt32BE(at + 8));
  };
  roots.forEach(visit);
  return pages;
}

function spoil(folder: string, pages: readonly number[]): void {
  const file = openSync(join(folder, 'project.db'), 'r+');
  for (const page of pages) writeSync(file, Buffer.alloc(pageSize, 0xa5), 0, pageSize, (page - 1) * pageSize);
  closeSync(file);
}

function wrongLabels(folder: string): { readonly right: number; readonly wrong: number } {
  const { labels } = rescueLabels(folder);
  const isRight = labels.map(({ root, relativePath, className }) => {
    const i = Number(/^(\d+)\.jpg$/.exec(relativePath.toString())?.[1] ?? NaN);
    return root === '/photos' && className === (i % 2 ? 'elm' : 'oak');
  });
  return { right: isRight.filter(Boolean).length, wrong: isRight.filter((right) => !right).length };
}

describe('an unclean end', () => {
  it('is seen by what it leaves, and makes the next to open the project look at the whole file', async () => {
    const folder = labelledProject();
    expect(existsSync(join(folder, 'open'))).toBe(false);
    const middle = pagesOf(folder, 'images_by_name');
    spoil(folder, middle.slice(1, 2));
    // A clean end: nothing is looked for, and this damage is not met.
    openProject(folder).close();
    writeFileSync(join(folder, 'open'), '');
    expect(await errorCode(() => openProject(folder))).toBe('damaged-project');
    expect(await errorCode(() => openProject(folder))).toBe('damaged-project');
  });

  it('of a sound project is over when it has been opened', () => {
    const folder = labelledProject();
    writeFileSync(join(folder, 'open'), '');
    const project = openProject(folder);
    expect(existsSync(join(folder, 'open'))).toBe(true);
    project.close();
    expect(existsSync(join(folder, 'open'))).toBe(false);
  });

  it('is looked at by who only reads, too, unless somebody has the project open', async () => {
    const folder = labelledProject();
    spoil(folder, pagesOf(folder, 'images_by_name').slice(1, 2));
    const writer = openProject(folder);
    openProjectReadOnly(folder).close();
    writer.close();
    openProjectReadOnly(folder).close();
    writeFileSync(join(folder, 'open'), '');
    expect(await errorCode(() => openProjectReadOnly(folder))).toBe('damaged-project');
  });
});

describe('damage that is met in the midst of work', () => {
  const sql = 'SELECT display_name FROM images ORDER BY display_name';

  it('is named by whatever reads that page first, and looked for by the next to open the project', async () => {
    const folder = labelledProject();
    const middle = pagesOf(folder, 'images_by_name').slice(2, 3);
    const { db, close } = openProject(folder);
    const all = db.prepare(sql);
    const label = db.prepare('UPDATE images SET display_name = ? WHERE display_name > ?');
    db.pragma('wal_checkpoint(TRUNCATE)');
    db.pragma('cache_size = 0');
    spoil(folder, middle);
    expect(await errorCode(() => all.all())).toBe('damaged-project');
    expect(await errorCode(() => Array.from(all.iterate()))).toBe('damaged-project');
    expect(await errorCode(() => label.run('x', ''))).toBe('damaged-project');
    expect(await errorCode(() => db.prepare(sql).pluck().all())).toBe('damaged-project');
    expect(await errorCode(() => db.prepare('SELECT count(*) FROM labels').get())).toBeNull();
    close();
    expect(await errorCode(() => openProject(folder))).toBe('damaged-project');
  });

  it('keeps its name on the way out of the library, in threads or directly', async () => {
    const folder = labelledProject();
    spoil(folder, pagesOf(folder, 'label_history_by_change').slice(1));
    for (const open of [openDirectLibraryReadOnly, openLibrary]) {
      const library = await open(folder);
      expect(await errorCode(() => library.read.recentChanges(10))).toBe('damaged-project');
      await library.close();
    }
  });
});

describe('rescued labels', () => {
  it('are all of them where labels, paths or history are spoilt, by way of the others', () => {
    const folder = labelledProject();
    expect(wrongLabels(folder)).toEqual({ right: count, wrong: 0 });
    const [, ...labelLeaves] = pagesOf(folder, 'labels');
    const [, ...imageLeaves] = pagesOf(folder, 'images');
    spoil(folder, [labelLeaves[1], imageLeaves[0], imageLeaves[5], imageLeaves.at(-1) ?? 0]);
    expect(wrongLabels(folder)).toEqual({ right: count, wrong: 0 });
  });

  it('are what is left where history and labels are both spoilt, and never wrong', () => {
    const folder = labelledProject();
    spoil(folder, pagesOf(folder, 'labels').slice(2, 3));
    spoil(folder, pagesOf(folder, 'label_history').slice(1));
    const { right, wrong } = wrongLabels(folder);
    expect(wrong).toBe(0);
    expect(right).toBeGreaterThan(count / 2);
    expect(right).toBeLessThan(count);
  });

  it.each([0.95, 0.9])('come from a file of which %d is left', (share) => {
    const folder = labelledProject();
    const file = join(folder, 'project.db');
    truncateSync(file, Math.floor(statSync(file).size * share));
    const { right, wrong } = wrongLabels(folder);
    expect(wrong).toBe(0);
    expect(right).toBeGreaterThan(0);
  });

  it.each([
    ['the first page, with the header', () => [1]],
    ['the whole list of tables', (folder: string) => pagesOfSchema(folder)],
    [
      'the trees above the rows',
      (folder: string) => ['images', 'labels'].map((name) => pagesOf(folder, name)[0]),
    ],
  ])('are all of them without %s', (_, pages) => {
    const folder = labelledProject();
    spoil(folder, pages(folder));
    expect(wrongLabels(folder)).toEqual({ right: count, wrong: 0 });
  });

  it('are as they were at last, not as an unused page has them', () => {
    const folder = labelledProject();
    const { db, close } = openProject(folder);
    setLabels(
      db,
      numbers(count).map((id) => ({ imageId: id as ImageId, classId: null })),
      'person',
    );
    const [, elm] = ensureClasses(db, ['oak', 'elm']);
    setLabels(db, [{ imageId: 2 as ImageId, classId: elm.id }], 'person');
    close();
    spoil(folder, [1]);
    expect(wrongLabels(folder)).toEqual({ right: 1, wrong: 0 });
  });

  it('come from the log of a process that was killed', () => {
    const folder = labelledProject();
    const { db, close } = openProject(folder);
    const [oak] = ensureClasses(db, ['oak']);
    setLabels(db, [{ imageId: 2 as ImageId, classId: oak.id }], 'person');
    const killed = temporaryFolder();
    for (const name of ['project.db', 'project.db-wal']) cpSync(join(folder, name), join(killed, name));
    close();
    const classOf = (): string | undefined =>
      rescueLabels(killed).labels.find(({ relativePath }) => relativePath.toString() === '1.jpg')?.className;
    expect(classOf()).toBe('oak');
    spoil(killed, [2, ...pagesOfSchema(folder)]);
    expect(classOf()).toBe('oak');
  });

  it('have numbers for names where the names are gone', () => {
    const folder = labelledProject();
    spoil(folder, [...pagesOf(folder, 'classes'), ...pagesOf(folder, 'roots')]);
    const { labels, unnamed } = rescueLabels(folder);
    expect(labels).toHaveLength(count);
    expect(unnamed).toBe(2);
    const [{ root, className }] = labels;
    expect([root, className]).toEqual([null, 'class 1']);
  });

  it('go into a new file, and the project is left as it is', async () => {
    const folder = labelledProject();
    spoil(folder, pagesOf(folder, 'labels').slice(1, 2));
    const before = readFileSync(join(folder, 'project.db'));
    const out = join(folder, 'labels.csv');
    expect(saveRescuedLabels(folder, out)).toMatchObject({ labels: count, lost: 0 });
    expect(readFileSync(out, 'utf8').split('\n').slice(0, 2)).toEqual([
      'file,label,root,held_out',
      '/photos/0.jpg,oak,/photos,',
    ]);
    expect(readFileSync(join(folder, 'project.db')).equals(before)).toBe(true);
    expect(await errorCode(() => saveRescuedLabels(folder, out))).toBe('cannot-write');
    writeFileSync(join(folder, 'project.db'), 'no database');
    expect(await errorCode(() => rescueLabels(folder))).toBe('labels-lost');
  });

  it('are said to be lost where none is left', async () => {
    const folder = labelledProject();
    // The labels lie behind the images.
    for (const size of [40_000, 0]) {
      truncateSync(join(folder, 'project.db'), size);
      expect(await errorCode(() => rescueLabels(folder))).toBe('labels-lost');
    }
  });
});
