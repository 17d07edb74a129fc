import type { Rectangle } from 'electron';

const usual = { width: 1280, height: 860 };
export const smallest = { minWidth: 720, minHeight: 520 };

/**
 * Where the window opens: where it was, if a good part of it would lie on a display that is still there; else in the
 * middle, as large as fits.
 */
export function windowPlace(
  last: Rectangle | undefined,
  workAreas: readonly Rectangle[],
): Partial<Rectangle> {
  if (last !== undefined && workAreas.some((area) => overlap(last, area) >= 0.5 * last.width * last.height))
    return last;
  const [area] = workAreas;
  if (area === undefined) return usual;
  return { width: Math.min(usual.width, area.width), height: Math.min(usual.height, area.height) };
}

function overlap(a: Rectangle, b: Rectangle): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return Math.max(0, width) * Math.max(0, height);
}
