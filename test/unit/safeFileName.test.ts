import { expect, it } from 'vitest';
import { safeFileName, unusedName } from '../../shared/safeFileName.ts';

it.each([
  ['beach', 'beach'],
  ['a/b\\c:d*e?f"g<h>i|j', 'a_b_c_d_e_f_g_h_i_j'],
  ['line\nbreak\u0085', 'line_break_'],
  ['ends. .', 'ends_'],
  ['CON', '_CON'],
  ['lpt1.txt', '_lpt1.txt'],
  ['Nul .tar.gz', '_Nul .tar.gz'],
  ['COM²', '_COM²'],
  ['console', 'console'],
  ['', '_'],
  ['Ü, ß & 猫', 'Ü, ß & 猫'],
])('%j becomes a name for every system', (name, expected) => expect(safeFileName(name)).toBe(expected));

it('may write blanks instead', () => expect(safeFileName('a/b', ' ')).toBe('a b'));

it('numbers names that are taken, from 2', () => {
  const taken = new Set(['a.csv', 'a 2.csv']);
  expect(unusedName('a', (name) => taken.has(name), { between: ' ', end: '.csv' })).toBe('a 3.csv');
  expect(unusedName('b', (name) => taken.has(name))).toBe('b');
});
