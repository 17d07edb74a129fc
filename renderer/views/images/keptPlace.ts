import type { ImageQuery } from '../../../shared/imageWindow.ts';

const sizeKey = 'genoise.images.size';
const usualSize = 132;
const laterMs = 300;
let timer: ReturnType<typeof setTimeout> | undefined;

const keyOf = (folder: string): string => `genoise.images.place ${folder}`;

/** What was looked at in a project, and from which position on; null for the first time. */
export function keptPlace(folder: string): { readonly query: ImageQuery; readonly position: number } | null {
  try {
    const kept = JSON.parse(localStorage.getItem(keyOf(folder)) ?? 'null') as unknown;
    return isPlace(kept) ? kept : null;
  } catch {
    return null;
  }
}

function isPlace(value: unknown): value is { query: ImageQuery; position: number } {
  if (typeof value !== 'object' || value === null || !('query' in value) || !('position' in value))
    return false;
  const { query, position } = value;
  return typeof query === 'object' && query !== null && 'filter' in query && typeof position === 'number';
}

/** Kept a moment later: while somebody scrolls it changes with each frame. */
export function keepPlace(folder: string, query: ImageQuery, position: number): void {
  clearTimeout(timer);
  timer = setTimeout(() => localStorage.setItem(keyOf(folder), JSON.stringify({ query, position })), laterMs);
}

/** Side of the images in the grid, in pixels. */
export function keptSize(): number {
  const size = Number(localStorage.getItem(sizeKey));
  return Number.isFinite(size) && size >= 56 && size <= 360 ? size : usualSize;
}

export function keepSize(size: number): void {
  localStorage.setItem(sizeKey, String(size));
}
