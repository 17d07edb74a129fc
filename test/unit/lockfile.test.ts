import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

interface LockedPackage {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly resolved?: string;
  readonly gypfile?: boolean;
}

const lock = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')) as {
  readonly packages: Readonly<Record<string, LockedPackage>>;
};
const locked = Object.entries(lock.packages);

/** Written by hand, because npm does not: without it `npm ci` compiles what better-sqlite3 brings prebuilt. */
it('keeps better-sqlite3 from being compiled: put "gypfile": false back after npm install', () => {
  expect(lock.packages['node_modules/better-sqlite3']?.gypfile).toBe(false);
});

it('names every optional dependency, or npm ci refuses it', () => {
  const missing = locked.flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) =>
        !(`node_modules/${name}` in lock.packages) && !(`${path}/node_modules/${name}` in lock.packages),
    ),
  );
  expect(missing).toEqual([]);
});

it('names no registry but the public one', () => {
  const elsewhere = locked.filter(
    ([, { resolved }]) => resolved?.startsWith('https://registry.npmjs.org/') === false,
  );
  expect(elsewhere).toEqual([]);
});
