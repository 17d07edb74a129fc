import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { closingLine } from '../helpers/closingLine.ts';

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

const repository = join(import.meta.dirname, '../..');

/** Runs the repository's own configuration over one file of tests, in a process of its own. */
function runVitest(source: string, env: NodeJS.ProcessEnv = {}): { status: number | null; lastLine: string } {
  mkdirSync(join(repository, 'tmp'), { recursive: true });
  const root = mkdtempSync(join(repository, 'tmp/closingLine-'));
  folders.push(root);
  mkdirSync(join(root, 'test'));
  writeFileSync(join(root, 'test/sample.test.ts'), source);
  const vitest = join(repository, 'node_modules/vitest/vitest.mjs');
  const { status, stdout } = spawnSync(
    process.execPath,
    [vitest, 'run', '--root', root, '--config', join(repository, 'vitest.config.ts')],
    { cwd: root, encoding: 'utf8', env: { ...process.env, VITEST: undefined, ...env } },
  );
  return { status, lastLine: stdout.trimEnd().split('\n').at(-1) ?? '' };
}

it('leaves skips out where there are none', () => {
  expect(closingLine({ passed: 3, failed: 1, skipped: 0 })).toBe('3 passed, 1 failed');
});

it('is the last line of a run, whatever the outcome', () => {
  const source = `
    import { it, expect } from 'vitest';
    it('passes', () => {});
    it('fails', () => expect(1).toBe(2));
    it.skip('is skipped', () => {});`;
  expect(runVitest(source)).toEqual({ status: 1, lastLine: '1 passed, 1 failed, 1 skipped' });
});

it('counts a file that does not load as a failure', () => {
  expect(runVitest(`throw new Error('not loadable');`)).toEqual({
    status: 1,
    lastLine: '0 passed, 1 failed',
  });
});

it('fails in CI over a requirement that is absent, and skips at home', () => {
  const source = `
    import { it } from 'vitest';
    import { describeWith, requirement } from '../../../test/helpers/requirement.ts';
    describeWith(requirement('a thing', false, 'get it'), 'under it', () => {
      it('runs', () => {});
      it('runs too', () => {});
    });`;
  expect(runVitest(source, { CI: 'true' })).toEqual({ status: 1, lastLine: '0 passed, 1 failed' });
  expect(runVitest(source, { CI: '' })).toEqual({ status: 0, lastLine: '0 passed, 0 failed, 1 skipped' });
});
