import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fingerprint, hostileFiles, importHostile } from '../helpers/hostile/importHostile.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';

describe.runIf(process.platform === 'linux')('a folder of hostile files', () => {
  it('becomes a row each, with the reason where it is unusable; none stops the import', async () => {
    const files = await hostileFiles();
    expect(files.length).toBeGreaterThanOrEqual(60);
    expect(new Set(files.map((file) => file.kind)).size).toBe(files.length);
    const told = await importHostile(temporaryFolder(), files);
    const wrong = told.filter(({ file, row }) => {
      if (file.expected === null) return row !== null;
      if (file.expected === 'ready') return row?.state !== 'ready' || row.reason !== null;
      return row?.state !== 'unreadable' || !file.expected.test(row.reason ?? '');
    });
    expect(
      wrong.map(({ file, row }) => `${file.kind}: ${row?.state ?? 'no row'}, ${row?.reason ?? ''}`),
    ).toEqual([]);
  });

  it('is left as it was: no byte, no time, no permission changes', async () => {
    const files = (await hostileFiles()).map(({ meanwhile: _, ...file }) => file);
    const folder = temporaryFolder();
    const photos = join(folder, 'photos');
    let before: ReadonlyMap<string, string> = new Map();
    // Taken while the import runs, when it has looked at nothing yet.
    const watch = { ...files[0], meanwhile: () => (before = fingerprint(photos)) };
    await importHostile(folder, [watch, ...files.slice(1)]);
    expect(before.size).toBeGreaterThan(60);
    expect(fingerprint(photos)).toEqual(before);
  });
});
