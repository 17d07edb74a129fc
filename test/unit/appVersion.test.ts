import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { appVersion } from '../../shared/appVersion.ts';

test('the version in the code is the one of package.json', () => {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  expect((JSON.parse(text) as { version: string }).version).toBe(appVersion);
});
