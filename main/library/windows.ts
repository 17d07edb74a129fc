import type { ImageFilter, ImageQuery, ImageSort, ImageWindow, WindowRow } from '../../shared/imageWindow.ts';
import type { ImageId } from '../../shared/records.ts';
import { prepared, type ReadableDatabase } from './database.ts';
import { folderRange, listAllIds, listIds, textPattern, type IdQuery } from './idLists.ts';
import { getRevisions, type Revisions } from './revisions.ts';
import { listRoots } from './roots.ts';

/**
 * Lists of images that are looked at a window at a time: the ids of a query in their order are kept as one array, so
 * that every position costs the same. Each connection keeps its own; a change of the project, also by another process,
 * shows in its revisions, and what depends on it is made anew.
 */
interface Order {
  readonly name: string;
  readonly key: string;
  readonly revision: string;
  readonly ids: Int32Array;
}

interface Cache {
  /** The newest last. */
  readonly orders: Order[];
  readonly lists: Map<string, { readonly revision: string; readonly ids: Int32Array }>;
  made: number;
}

const ordersKept = 8;
const listsKept = 16;
const caches = new WeakMap<ReadableDatabase, Cache>();

/**
 * `count` images of a query from position `start` (from 0).
 * @param order the `order` of an earlier window: positions stay as they were then, as long as it is kept (the last 8)
 */
export function listWindow(
  db: ReadableDatabase,
  query: ImageQuery,
  start: number,
  count: number,
  order?: string,
): ImageWindow {
  return inSnapshot(db, () => {
    const { ids, name, stale } = findOrder(db, query, order);
    const rows = readRows(db, ids.subarray(Math.max(0, start), Math.max(0, start + count)));
    return { rows, total: ids.length, order: name, stale };
  });
}

/** The position of an image in a query's order, -1 where it is not in it. `order` as in `listWindow`. */
export function findPosition(db: ReadableDatabase, query: ImageQuery, id: ImageId, order?: string): number {
  return inSnapshot(db, () => findOrder(db, query, order).ids.indexOf(id));
}

/** All ids of a query in its order: to label what is shown. `order` as in `listWindow`. */
export function listQueryIds(db: ReadableDatabase, query: ImageQuery, order?: string): Int32Array {
  return inSnapshot(db, () => findOrder(db, query, order).ids.slice());
}

/** Revisions and lists must be of the same moment. */
function inSnapshot<T>(db: ReadableDatabase, read: () => T): T {
  return db.inTransaction ? read() : db.transaction(read).deferred();
}

function findOrder(
  db: ReadableDatabase,
  query: ImageQuery,
  wanted: string | undefined,
): Order & { readonly stale: boolean } {
  const cache = cacheOf(db);
  const key = JSON.stringify([query.sort, Object.entries(query.filter).sort()]);
  const revision = revisionOf(getRevisions(db), dependsOnLabels(query));
  const kept = cache.orders.find((each) => each.key === key && each.name === wanted);
  const current = cache.orders.find((each) => each.key === key && each.revision === revision);
  const found = kept ?? current ?? buildOrder(db, query, key, revision);
  keepLast(cache.orders, found);
  return { ...found, stale: found.revision !== revision };
}

function keepLast(orders: Order[], order: Order): void {
  const at = orders.indexOf(order);
  if (at >= 0) orders.splice(at, 1);
  orders.push(order);
  if (orders.length > ordersKept) orders.shift();
}

function buildOrder(db: ReadableDatabase, query: ImageQuery, key: string, revision: string): Order {
  const sorted = sortedIds(db, query.sort);
  const name = `${++cacheOf(db).made}`;
  return { name, key, revision, ids: filtered(sorted, conditionsOf(db, query.filter)) };
}

function sortedIds(db: ReadableDatabase, sort: ImageSort): Int32Array {
  switch (sort) {
    case 'imported':
      return keptList(db, 'all', false, () => listAllIds(db));
    case 'name':
      return imageList(db, 'byName');
    case 'modified':
      return imageList(db, 'byTime');
    case 'newest-label':
      return withRest(db, labelList(db, 'byLabelTime'));
    case 'class':
      return withRest(db, labelList(db, 'byClass'));
  }
}

/** `first`, then all other images as they were imported. */
function withRest(db: ReadableDatabase, first: Int32Array): Int32Array {
  const rest = filtered(sortedIds(db, 'imported'), [{ keep: false, ids: first }]);
  const ids = new Int32Array(first.length + rest.length);
  ids.set(first);
  ids.set(rest, first.length);
  return ids;
}

/** Keeps what is in `ids`, or drops it. */
interface Condition {
  readonly keep: boolean;
  readonly ids: Int32Array;
}

function conditionsOf(db: ReadableDatabase, filter: ImageFilter): readonly Condition[] {
  const { classId, text } = filter;
  const conditions = setConditions(db, filter.show);
  if (classId !== undefined) conditions.push({ keep: true, ids: labelList(db, 'ofClass', classId) });
  if (text !== undefined && text !== '') {
    conditions.push({ keep: true, ids: imageList(db, 'named', textPattern(text)) });
  }
  return [...conditions, ...placeConditions(db, filter)];
}

function setConditions(db: ReadableDatabase, show: ImageFilter['show']): Condition[] {
  const keep = (ids: Int32Array): Condition[] => [{ keep: true, ids }];
  const drop = (...lists: Int32Array[]): Condition[] => lists.map((ids) => ({ keep: false, ids }));
  const inState = (state: string): Int32Array => imageList(db, 'inState', state);
  // Nearly all images are ready: dropping the others is less work than listing them.
  const ready = (): Condition[] => drop(inState('unreadable'), inState('missing'));
  switch (show) {
    case 'all':
      return [];
    case 'ready':
      return ready();
    case 'labelled':
      return keep(labelList(db, 'byClass'));
    case 'unlabeled':
      return [...ready(), ...drop(labelList(db, 'byClass'))];
    case 'training':
      return [...ready(), ...drop(imageList(db, 'heldOut'), imageList(db, 'undecided'))];
    case 'held-out':
      return keep(imageList(db, 'heldOut'));
    case 'unreadable':
    case 'missing':
      return keep(inState(show));
    case 'duplicates':
    case 'noted':
      return keep(imageList(db, show));
    case 'unsure':
    case 'skipped':
      return keep(labelList(db, 'marked', show));
  }
}

function placeConditions(db: ReadableDatabase, { rootId, folder }: ImageFilter): Condition[] {
  const roots = listRoots(db).map((root) => root.id);
  const wanted = rootId === undefined ? roots : [rootId];
  if (folder !== undefined) {
    const range = folderRange(folder);
    return [{ keep: true, ids: joined(wanted.map((id) => imageList(db, 'inFolder', id, ...range))) }];
  }
  const isAll = rootId === undefined || (roots.length === 1 && roots[0] === rootId);
  return isAll ? [] : [{ keep: true, ids: imageList(db, 'ofRoot', rootId) }];
}

function joined(lists: readonly Int32Array[]): Int32Array {
  const ids = new Int32Array(lists.reduce((sum, list) => sum + list.length, 0));
  let at = 0;
  for (const list of lists) {
    ids.set(list, at);
    at += list.length;
  }
  return ids;
}

/** Those of `ids` that meet all conditions, in their order. */
function filtered(ids: Int32Array, conditions: readonly Condition[]): Int32Array {
  if (conditions.length === 0) return ids;
  const missed = new Uint8Array(ids.reduce((top, id) => Math.max(top, id), 0) + 1);
  for (const { keep, ids: listed } of conditions) {
    if (keep) {
      const inList = new Uint8Array(missed.length);
      for (let i = 0; i < listed.length; i++) inList[listed[i]] = 1;
      for (let id = 0; id < missed.length; id++) missed[id] |= 1 - inList[id];
    } else for (let i = 0; i < listed.length; i++) missed[listed[i]] = 1;
  }
  const kept = new Int32Array(ids.length);
  let count = 0;
  for (let i = 0; i < ids.length; i++) {
    if (missed[ids[i]] === 0) kept[count++] = ids[i];
  }
  return kept.slice(0, count);
}

function imageList(db: ReadableDatabase, query: IdQuery, ...values: readonly unknown[]): Int32Array {
  return keptList(db, JSON.stringify([query, ...values]), false, () => listIds(db, query, ...values));
}

function labelList(db: ReadableDatabase, query: IdQuery, ...values: readonly unknown[]): Int32Array {
  return keptList(db, JSON.stringify([query, ...values]), true, () => listIds(db, query, ...values));
}

function keptList(db: ReadableDatabase, key: string, ofLabels: boolean, read: () => Int32Array): Int32Array {
  const { lists } = cacheOf(db);
  const revisions = getRevisions(db);
  const revision = ofLabels ? `labels ${revisions.labels}` : `images ${revisions.images}`;
  const known = lists.get(key);
  const ids = known?.revision === revision ? known.ids : read();
  lists.delete(key);
  lists.set(key, { revision, ids });
  for (const oldest of lists.keys()) {
    if (lists.size <= listsKept) break;
    lists.delete(oldest);
  }
  return ids;
}

function cacheOf(db: ReadableDatabase): Cache {
  const cache = caches.get(db) ?? { orders: [], lists: new Map(), made: 0 };
  caches.set(db, cache);
  return cache;
}

function dependsOnLabels({ filter, sort }: ImageQuery): boolean {
  const ofLabels: readonly string[] = ['labelled', 'unlabeled', 'unsure', 'skipped', 'newest-label', 'class'];
  return ofLabels.includes(filter.show) || ofLabels.includes(sort) || filter.classId !== undefined;
}

function revisionOf({ images, labels }: Revisions, withLabels: boolean): string {
  return withLabels ? `${images} ${labels}` : `${images}`;
}

type WindowRecord = Omit<WindowRow, 'heldOut'> & { readonly heldOut: number | null };

/** The rows of a window by a JSON array of ids, in its order: one query is a quarter of the time of one an image. */
export const windowRowsQuery = `
  SELECT images.id AS id, root_id AS rootId, display_name AS displayName, width, height, state, slot,
         held_out AS heldOut, labels.class_id AS classId, labels.source AS labelSource,
         mark
  FROM json_each(?) AS wanted CROSS JOIN images ON images.id = wanted.value
       LEFT JOIN labels ON labels.image_id = images.id LEFT JOIN marks ON marks.image_id = images.id`;

/** The images of these ids, in that order; those that are not there left out. */
export function listRows(db: ReadableDatabase, ids: readonly ImageId[]): readonly WindowRow[] {
  return readRows(db, Int32Array.from(ids));
}

function readRows(db: ReadableDatabase, ids: Int32Array): readonly WindowRow[] {
  const rows = prepared<WindowRecord>(db, windowRowsQuery).all(`[${ids.join()}]`);
  return rows.map((row) => ({ ...row, heldOut: row.heldOut !== 0 }));
}
