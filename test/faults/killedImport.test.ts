import { expect, it } from 'vitest';
import { unusableFiles } from '../helpers/hostile/unusableFiles.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';
import { killImport } from './killImport.ts';

it('an import whose processes are killed at random instants loses no label and no file', async () => {
  const hostile = (await unusableFiles()).filter((_, i) => i % 4 === 0);
  const report = await killImport(temporaryFolder(), { kills: 4, pictures: 80, hostile });
  expect(report).toMatchObject({
    lostLabels: 0,
    incomplete: 0,
    orphans: 0,
    otherRows: 0,
    otherPixels: 0,
    otherThumbnails: 0,
    tooMany: 0,
    blamed: 0,
  });
  expect(report.kills + report.workerKills).toBeGreaterThanOrEqual(4);
  expect(report.acknowledged).toBeGreaterThan(0);
  expect(report.files).toBeGreaterThan(80);
}, 180_000);
