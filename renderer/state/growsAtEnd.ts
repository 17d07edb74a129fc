import type { ImageQuery } from '../../shared/imageWindow.ts';

/** Whether new images come at the end of a list: then they can join without moving anything. */
export function growsAtEnd({ filter, sort }: ImageQuery): boolean {
  return sort === 'imported' && filter.show === 'all' && filter.classId === undefined;
}
