import type { ChosenImages } from '../../shared/contract/imageCommands.ts';
import type { ImageQuery } from '../../shared/imageWindow.ts';
import type { ImageId } from '../../shared/records.ts';

/**
 * Images that somebody has selected: some by their ids, or all of a list but a few, which costs the same for a million.
 * Values are never changed; each action gives a new one.
 */
export type ImageSelection =
  | { readonly kind: 'some'; readonly ids: ReadonlySet<ImageId> }
  | { readonly kind: 'all'; readonly total: number; readonly except: ReadonlySet<ImageId> };

export const noSelection: ImageSelection = { kind: 'some', ids: new Set() };

/** @param position where the image is in the list: what came after all were selected is not among them */
export function isSelected(selection: ImageSelection, id: ImageId, position: number): boolean {
  if (selection.kind === 'some') return selection.ids.has(id);
  return position < selection.total && !selection.except.has(id);
}

export function selectedCount(selection: ImageSelection): number {
  return selection.kind === 'some' ? selection.ids.size : selection.total - selection.except.size;
}

/** With these images in it, or without them. */
export function withImages(
  selection: ImageSelection,
  ids: readonly ImageId[],
  selected: boolean,
): ImageSelection {
  const named = new Set(selection.kind === 'some' ? selection.ids : selection.except);
  const isAdded = (selection.kind === 'some') === selected;
  for (const id of ids) {
    if (isAdded) named.add(id);
    else named.delete(id);
  }
  return selection.kind === 'some' ? { kind: 'some', ids: named } : { ...selection, except: named };
}

/** All of a list of `total` images. */
export function selectAll(total: number): ImageSelection {
  return { kind: 'all', total, except: new Set() };
}

/** What is selected, and what is not, the other way round. */
export function inverted(selection: ImageSelection, total: number): ImageSelection {
  if (selection.kind === 'some') return { kind: 'all', total, except: selection.ids };
  return { kind: 'some', ids: selection.except };
}

/** For a command; `order` is the list's. */
export function chosenOf(selection: ImageSelection, query: ImageQuery, order: string | null): ChosenImages {
  if (selection.kind === 'some') return { ids: [...selection.ids] };
  return { query, except: [...selection.except], ...(order !== null && { order }) };
}
