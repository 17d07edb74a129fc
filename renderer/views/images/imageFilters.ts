import {
  imageSets,
  imageSorts,
  type ImageFilter,
  type ImageQuery,
  type ImageSet,
  type ImageSort,
} from '../../../shared/imageWindow.ts';
import type { ClassId, RootId } from '../../../shared/records.ts';
import type { RouteQuery } from '../../state/routeAddress.ts';

/** Sets to choose from, with their names for people. */
export const setNames: Readonly<Record<ImageSet, string>> = {
  all: 'All images',
  ready: 'Readable',
  unlabeled: 'Without a label',
  labelled: 'Labelled',
  unsure: 'Unsure',
  skipped: 'Skipped',
  training: 'To learn from',
  'held-out': 'Held out for testing',
  duplicates: 'Duplicates',
  unreadable: 'Cannot be read',
  missing: 'Missing',
  noted: 'With a note',
};

export const sortNames: Readonly<Record<ImageSort, string>> = {
  imported: 'As imported',
  name: 'By name',
  modified: 'Newest file first',
  'newest-label': 'Newest label first',
  class: 'By class',
};

/** In the address: only what differs from the usual. */
export function queryToRoute({ filter, sort }: ImageQuery): RouteQuery {
  return {
    show: filter.show === 'all' ? null : filter.show,
    class: filter.classId ?? null,
    root: filter.rootId ?? null,
    folder: filter.folder ?? null,
    text: filter.text ?? null,
    sort: sort === 'imported' ? null : sort,
  };
}

/** The query that an address names; what it names wrongly is left out. */
export function queryFromRoute(route: URLSearchParams): ImageQuery {
  const show = imageSets.find((set) => set === route.get('show')) ?? 'all';
  const sort = imageSorts.find((each) => each === route.get('sort')) ?? 'imported';
  const [classId, rootId] = [numberIn(route, 'class'), numberIn(route, 'root')];
  const [folder, text] = [route.get('folder'), route.get('text')];
  return {
    filter: {
      show,
      ...(classId !== null && { classId: classId as ClassId }),
      ...(rootId !== null && { rootId: rootId as RootId }),
      ...(folder !== null && { folder }),
      ...(text !== null && { text }),
    },
    sort,
  };
}

function numberIn(route: URLSearchParams, name: string): number | null {
  const value = Number(route.get(name));
  return Number.isInteger(value) && value > 0 ? value : null;
}

/** Keys of a filter to be changed; null takes a key away. */
export type FilterChange = { readonly [K in keyof ImageFilter]?: ImageFilter[K] | null };

/** A filter with some keys changed. */
export function changedFilter(filter: ImageFilter, change: FilterChange): ImageFilter {
  const entries = Object.entries({ ...filter, ...change }).filter(([, value]) => value !== null);
  return { show: 'all', ...Object.fromEntries(entries) };
}
