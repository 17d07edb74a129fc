import { describe, expect, it } from 'vitest';
import { readFunctions, writeFunctions } from '../../main/library/contract.ts';
import type { WritableDatabase } from '../../main/library/database.ts';
import { folderQueries } from '../../main/library/folders.ts';
import { listUnreadable, writeImportBatch } from '../../main/library/images.ts';
import { GenoiseError } from '../../shared/errors.ts';
import { imageSets, imageSorts } from '../../shared/imageWindow.ts';
import { importedImage } from '../helpers/importedImage.ts';
import { emptyProject } from '../helpers/projectWithImages.ts';
import { queryPlan } from '../helpers/queryPlan.ts';

type AnyFunction = (db: WritableDatabase, ...values: readonly unknown[]) => unknown;
type Calls = Readonly<Record<string, readonly (readonly unknown[])[]>>;

const query = { filter: { show: 'all' }, sort: 'name' };
const everyQuery = imageSets.flatMap((show) =>
  imageSorts.map((sort) => ({ filter: { show, classId: 1, rootId: 1, text: 'a' }, sort })),
);

/** Arguments of those functions that take more than numbers; all others get ones. */
const readCalls: Calls = {
  findImagesByPaths: [[['a.jpg', Buffer.from('a.jpg')]]],
  findPosition: [[query, 1]],
  firstOfSlots: [[[0, 1]]],
  listFolders: [
    [1, ''],
    [1, 'oak'],
  ],
  listKnownImages: [
    [null, 10],
    [{ rootId: 1, relativePath: Buffer.from('a') }, 10],
  ],
  listQueryIds: [[{ ...query, filter: { show: 'all', folder: 'oak' } }]],
  listRows: [[[1, 2]]],
  listWindow: everyQuery.map((each) => [each, 0, 10]),
  requireClassifier: [['1'], [null]],
  requireRun: [['1']],
};

/** The changes that a person waits for while working, in an order in which each has something to do. */
const writeCalls: Calls = {
  changeDuplicates: [[{ ids: [1], groupIds: [1], exact: [1] }]],
  followDuplicates: [[{ heldOut: new Uint8Array(32), training: new Uint8Array(32) }]],
  holdOut: [[new Uint8Array(32)]],
  holdOutRoots: [[[1], 0, 10]],
  trainOnRest: [[0, 10]],
  ensureClasses: [[['oak', 'elm']]],
  setLabels: [[[{ imageId: 1, classId: 1 }], 'person']],
  undoLabels: [[]],
  redoLabels: [[]],
};

/** Tables that grow with the number of images or of labels, or with the steps of a run. */
const largeTable = /^SCAN (images|label_history|metrics|pictures)\b(?!.* USING )/;

/** All statements that a call compiles on a fresh connection. */
function statementsOf(
  db: WritableDatabase,
  name: string,
  call: (db: WritableDatabase) => unknown,
): readonly string[] {
  const statements: string[] = [];
  const watched = new Proxy(db, {
    get(target, key) {
      if (key === 'prepare') {
        return (sql: string) => {
          statements.push(sql);
          return target.prepare(sql);
        };
      }
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  try {
    call(watched);
  } catch (error) {
    // What is asked for need not be there; but a function that cannot use ones needs arguments in the lists above.
    if (!(error instanceof GenoiseError)) throw new Error(`${name} could not be called`, { cause: error });
  }
  return statements;
}

function project(): WritableDatabase {
  const { db } = emptyProject();
  const images = Array.from({ length: 20 }, (_, i) => importedImage(`oak/${i}.jpg`, i));
  writeImportBatch(db, { images, missing: [] });
  return db;
}

function expectIndexed(db: WritableDatabase, name: string, statements: readonly string[]): void {
  for (const sql of statements.filter((each) => /^\s*(SELECT|WITH|UPDATE|DELETE)/i.test(each))) {
    for (const step of queryPlan(db, sql)) {
      expect(step, `${name}: ${sql}`).not.toMatch(largeTable);
    }
  }
}

/** What an index leads to, where more than a few of its entries could be read in vain. */
const found = {
  next: /^SEARCH images USING (COVERING )?INDEX sqlite_autoindex_images_1 \(root_id=\? AND relative_path>\? AND relative_path<\?\)$/,
  count:
    /^SEARCH images USING COVERING INDEX sqlite_autoindex_images_1 \(root_id=\? AND relative_path>\? AND relative_path<\?\)$/,
  root: /^SEARCH images USING COVERING INDEX images_by_root \(root_id=\?\)$/,
};

describe('lists of folders and of unreadable files', () => {
  it.each(Object.keys(found) as (keyof typeof found)[])('find %s of folders by path', (name) => {
    expect(queryPlan(project(), folderQueries[name])).toEqual([expect.stringMatching(found[name])]);
  });

  it('read unreadable files alone', () => {
    const db = project();
    const statements = statementsOf(db, 'listUnreadable', (watched) => listUnreadable(watched, 10));
    expect(statements).toHaveLength(3);
    for (const sql of statements) {
      const search = /^SEARCH images USING (COVERING )?INDEX images_by_state \(state=\?\)$/;
      expect(queryPlan(db, sql)[0]).toMatch(search);
    }
  });
});

describe('no query reads a large table from end to end', () => {
  it.each(Object.keys(readFunctions))('in %s', (name) => {
    const db = project();
    const run = (readFunctions as unknown as Record<string, AnyFunction>)[name];
    const statements = (readCalls[name] ?? [[1, 1, 1]]).flatMap((values) =>
      statementsOf(db, name, (watched) => run(watched, ...values)),
    );
    expect(statements.length).toBeGreaterThan(0);
    expectIndexed(db, name, statements);
  });

  it('in the changes that a person waits for', () => {
    const db = project();
    for (const [name, calls] of Object.entries(writeCalls)) {
      const run = (writeFunctions as unknown as Record<string, AnyFunction>)[name];
      for (const values of calls) {
        expectIndexed(
          db,
          name,
          statementsOf(db, name, (watched) => run(watched, ...values)),
        );
      }
    }
  });
});
