import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { makeUnusedFolder } from '../../main/app/makeUnusedFolder.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';

it.each([
  ['Birds', 'Birds'],
  ['a/b:c', 'a b c'],
  ['con', '_con'],
  ['nul', '_nul'],
  ['con .', '_con'],
  [' .aux', '_aux'],
  ['?lpt1.old', '_lpt1.old'],
  ['ends. .', 'ends'],
  ['.hidden', 'hidden'],
  ['...', 'Images'],
  ['??', 'Images'],
  ['', 'Images'],
])('makes of %j a folder that every system takes', (name, made) => {
  expect(basename(makeUnusedFolder(temporaryFolder(), name))).toBe(made);
});

it('makes what holds it, and a number where it is there already', () => {
  const parent = join(temporaryFolder(), 'projects');
  for (let i = 0; i < 3; i++) makeUnusedFolder(parent, 'nul');
  expect(readdirSync(parent).toSorted()).toEqual(['_nul', '_nul 2', '_nul 3']);
});
