import type { PageRecord, SqliteValue } from './pageRecords.ts';
import type { LabelParts } from './rescueLabels.ts';

/** What the value of each column may be. */
type Shape = readonly ((value: SqliteValue) => boolean)[];

const isNull = (value: SqliteValue): boolean => value === null;
const isNumber = (value: SqliteValue): value is number => typeof value === 'number';
const isText = (value: SqliteValue): value is string => typeof value === 'string';
const isBytes = (value: SqliteValue): value is Buffer => Buffer.isBuffer(value);
const maybe = (check: (value: SqliteValue) => boolean) => (value: SqliteValue) =>
  isNull(value) || check(value);
const oneOf =
  (...texts: readonly string[]) =>
  (value: SqliteValue): boolean =>
    isText(value) && texts.includes(value);
const isSource = oneOf('person', 'folder', 'csv');
const isFolder = (value: SqliteValue): boolean => isText(value) && /^(\/|[A-Za-z]:[\\/]|\\\\)/.test(value);

/**
 * The columns of the tables that labels are made of, as they lie in a row: the key of a row is null in it. A row of an
 * older version may lack columns at the end, and one of a newer version have more. No two of them, and no other table
 * of ours, look the same.
 */
const shapes = {
  root: [isNull, isFolder, isNumber],
  class: [isNull, isText],
  image: [isNull, isNumber, isBytes, isText, maybe(isBytes), isNumber, isNumber, isNumber, isNumber, isText],
  label: [isNull, isNumber, isSource, isNumber],
  change: [isNull, isNumber, isNumber, maybe(isNumber), maybe(isSource), maybe(isNumber), isSource, isNumber],
  /** An entry of the index of paths: root, path, image. */
  path: [isNumber, isBytes, isNumber],
} as const satisfies Record<string, Shape>;

/** Those that never got columns, nor will: a longer record is something else. */
const exact: ReadonlySet<string> = new Set(['root', 'class', 'label', 'path']);

function has(kind: keyof typeof shapes, values: readonly SqliteValue[]): boolean {
  const shape: Shape = shapes[kind];
  if (exact.has(kind) ? values.length !== shape.length : values.length < shape.length) return false;
  return shape.every((check, i) => check(values[i]));
}

interface DatedClass {
  readonly classId: number | null;
  readonly at: number;
  readonly id: number;
}

/**
 * Sorts records of a project's file by what they look like. Pages that are no longer in use may hold rows as they were
 * earlier: of a label the latest counts, and the history knows those that were taken away since.
 */
export function sortRecords(records: Iterable<PageRecord>): LabelParts {
  const roots = new Map<number, string>();
  const classes = new Map<number, string>();
  const paths = new Map<number, { root: number; path: Buffer }>();
  const labels = new Map<number, DatedClass>();
  const keepLatest = (image: number, label: DatedClass): void => {
    const known = labels.get(image);
    if (known === undefined || known.at < label.at || (known.at === label.at && known.id <= label.id)) {
      labels.set(image, label);
    }
  };
  for (const { rowid, values } of records) {
    const number = (column: number): number => Number(values[column]);
    if (rowid === null) {
      if (has('path', values)) paths.set(number(2), { root: number(0), path: values[1] as Buffer });
    } else if (has('class', values)) classes.set(rowid, String(values[1]));
    else if (has('root', values)) roots.set(rowid, String(values[1]));
    else if (has('image', values)) paths.set(rowid, { root: number(1), path: values[2] as Buffer });
    else if (has('label', values)) keepLatest(rowid, { classId: number(1), at: number(3), id: 0 });
    else if (has('change', values) && values[8] !== 1) {
      keepLatest(number(2), { classId: values[5] === null ? null : number(5), at: number(7), id: rowid });
    }
  }
  const given = [...labels].flatMap(([image, { classId }]) =>
    classId === null ? [] : [[image, classId] as const],
  );
  return { roots, classes, paths, labels: new Map(given) };
}
