import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { classColours } from '../../../renderer/parts/classPalette.ts';

const css = readFileSync(new URL('../../../renderer/styles/tokens.css', import.meta.url), 'utf8');
const pairs = [...css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)];
const themes = {
  light: new Map(pairs.map(([, name, light]) => [name ?? '', light ?? ''])),
  dark: new Map(pairs.map(([, name, , dark]) => [name ?? '', dark ?? ''])),
};

/** Relative luminance of `#rrggbb` as WCAG 2.2 defines it. */
function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

/** What is written or drawn on what, and the contrast that it needs (AA: text 4.5, edges of controls 3). */
const needed: readonly (readonly [on: string, under: string, least: number])[] = [
  ['ink', 'bg surface raised well hover accent-soft good-soft warn-soft bad-soft', 7],
  ['ink-2', 'bg surface raised well hover accent-soft good-soft warn-soft bad-soft', 4.5],
  ['ink-3', 'bg surface raised well', 4.5],
  ['accent-text', 'bg surface raised well accent-soft', 4.5],
  ['on-accent', 'accent accent-hover', 4.5],
  ['on-bad', 'bad bad-hover', 4.5],
  ['good', 'bg surface good-soft', 4.5],
  ['warn', 'bg surface raised warn-soft', 4.5],
  ['bad', 'bg surface raised bad-soft', 4.5],
  ['line-strong', 'bg surface raised', 3],
  ['accent', 'bg surface raised', 3],
];

describe.each(['light', 'dark'] as const)('the %s theme', (theme) => {
  const colour = (name: string): string => {
    const found = themes[theme].get(name);
    if (found === undefined) throw new Error(`tokens.css has no colour pair --${name}`);
    return found;
  };

  it.each(needed)('%s stands out from %s by %d', (on, under, least) => {
    for (const below of under.split(' ')) {
      expect(contrast(colour(on), colour(below)), `${on} on ${below}`).toBeGreaterThanOrEqual(least);
    }
  });

  it.each(classColours)('the class colour $name stands out from the surface', ({ value }) => {
    expect(contrast(value, colour('surface'))).toBeGreaterThanOrEqual(3);
  });
});
