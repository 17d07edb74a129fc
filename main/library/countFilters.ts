import type { FilterCounts } from '../../shared/imageWindow.ts';
import type { Mark } from '../../shared/labelling.ts';
import type { ClassId, ImageState } from '../../shared/records.ts';
import { prepared, type ReadableDatabase } from './database.ts';

/** The queries of `countFilters`, for the test of their plans. */
export const countQueries = {
  states: `SELECT state, count(*) AS n, count(*) FILTER (WHERE held_out = 1) AS heldOut,
             count(*) FILTER (WHERE held_out = 0) AS training FROM images GROUP BY state`,
  classes: 'SELECT class_id AS classId, count(*) AS images FROM labels GROUP BY class_id',
  labelledNotReady: `SELECT count(*) AS n FROM images INDEXED BY images_by_state
    JOIN labels ON labels.image_id = images.id WHERE images.state IN ('unreadable', 'missing')`,
  duplicates: 'SELECT count(*) AS n FROM duplicates',
  noted: 'SELECT count(*) AS n FROM images INDEXED BY images_noted WHERE note IS NOT NULL',
  marks: 'SELECT mark, count(*) AS n FROM marks INDEXED BY marks_by_mark GROUP BY mark',
  classIds: `SELECT classes.id FROM classes LEFT JOIN class_looks ON class_id = classes.id
    WHERE coalesce(removed, 0) = 0 ORDER BY classes.id`,
} as const;

interface StateCount {
  readonly state: ImageState;
  readonly n: number;
  readonly heldOut: number;
  readonly training: number;
}

/** How many images each set and each class would list. At a million images a matter for a reader of its own. */
export function countFilters(db: ReadableDatabase): FilterCounts {
  const states = prepared<StateCount>(db, countQueries.states).all();
  const of = (state: ImageState): number => states.find((row) => row.state === state)?.n ?? 0;
  const ready = states.find((row) => row.state === 'ready');
  const classes = countClasses(db);
  const labelled = classes.reduce((sum, { images }) => sum + images, 0);
  const marks = prepared<{ mark: Mark; n: number }>(db, countQueries.marks).all();
  const marked = new Map(marks.map(({ mark, n }) => [mark, n]));
  const sets = {
    all: of('ready') + of('unreadable') + of('missing'),
    ready: of('ready'),
    labelled,
    unlabeled: of('ready') - (labelled - count(db, 'labelledNotReady')),
    training: ready?.training ?? 0,
    'held-out': ready?.heldOut ?? 0,
    unreadable: of('unreadable'),
    missing: of('missing'),
    duplicates: count(db, 'duplicates'),
    noted: count(db, 'noted'),
    unsure: marked.get('unsure') ?? 0,
    skipped: marked.get('skipped') ?? 0,
  };
  return { sets, classes };
}

function countClasses(db: ReadableDatabase): FilterCounts['classes'] {
  const counted = prepared<{ classId: ClassId; images: number }>(db, countQueries.classes).all();
  const images = new Map(counted.map((row) => [row.classId, row.images]));
  const ids = prepared<{ id: ClassId }>(db, countQueries.classIds).all();
  return ids.map(({ id }) => ({ classId: id, images: images.get(id) ?? 0 }));
}

function count(db: ReadableDatabase, query: 'labelledNotReady' | 'duplicates' | 'noted'): number {
  return prepared<{ n: number }>(db, countQueries[query]).get()?.n ?? 0;
}
