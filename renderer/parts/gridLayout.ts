/** Browsers cap the height of what they scroll (at 17 to 33 million pixels, divided by the zoom): stay well below. */
export const highest = 6_000_000;

/** Where the cells of a grid are. All in CSS pixels. */
export interface GridLayout {
  readonly columns: number;
  /** Side of a cell; cells fill the width. */
  readonly cell: number;
  /** From one row to the next. */
  readonly pitch: number;
  readonly rows: number;
  /** Of all rows, as if nothing capped it. */
  readonly fullHeight: number;
  /** Of what is scrolled. */
  readonly height: number;
}

/**
 * @param width of the grid's inside
 * @param wanted side of a cell that somebody chose
 * @param foot left free below the last row, so that a bar may lie over it
 */
export function layOut(total: number, width: number, wanted: number, gap: number, foot = 0): GridLayout {
  const columns = Math.max(1, Math.floor((width + gap) / (wanted + gap)));
  const cell = Math.max(1, (width - (columns - 1) * gap) / columns);
  const pitch = cell + gap;
  const rows = Math.ceil(total / columns);
  const fullHeight = Math.max(0, rows * pitch - gap + foot);
  return { columns, cell, pitch, rows, fullHeight, height: Math.min(fullHeight, highest) };
}

/** Whether the scroll bar stands for more than its pixels: then positions are mapped and wheels are followed by hand. */
export function isMapped(layout: GridLayout): boolean {
  return layout.fullHeight > layout.height;
}

/** The top of what is seen in the full height, for a position of the scroll bar. */
export function topOf(layout: GridLayout, scrollTop: number, viewHeight: number): number {
  const range = layout.height - viewHeight;
  if (!isMapped(layout) || range <= 0) return scrollTop;
  return (scrollTop / range) * (layout.fullHeight - viewHeight);
}

/** The inverse of `topOf`. */
export function scrollOf(layout: GridLayout, top: number, viewHeight: number): number {
  const range = layout.fullHeight - viewHeight;
  if (!isMapped(layout) || range <= 0) return top;
  return (top / range) * (layout.height - viewHeight);
}

export function clampTop(layout: GridLayout, top: number, viewHeight: number): number {
  return Math.max(0, Math.min(top, layout.fullHeight - viewHeight));
}

/** First and last position (exclusive) of the cells to draw, with `spare` rows before and behind what is seen. */
export function drawnRange(
  layout: GridLayout,
  total: number,
  top: number,
  viewHeight: number,
  spare: number,
): { readonly first: number; readonly end: number } {
  const row = Math.max(0, Math.floor(top / layout.pitch) - spare);
  const endRow = Math.ceil((top + viewHeight) / layout.pitch) + spare;
  return { first: Math.min(total, row * layout.columns), end: Math.min(total, endRow * layout.columns) };
}

/** Where the top has to be so that a position is seen whole, moved as little as can be. */
export function topThatShows(layout: GridLayout, position: number, top: number, viewHeight: number): number {
  const rowTop = Math.floor(position / layout.columns) * layout.pitch;
  if (rowTop < top) return rowTop;
  const lowest = rowTop + layout.cell - viewHeight;
  return lowest > top ? Math.min(lowest, rowTop) : top;
}
