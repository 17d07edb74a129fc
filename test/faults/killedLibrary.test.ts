import { describe, expect, it } from 'vitest';
import { importedImage } from '../helpers/importedImage.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';
import { killLibrary } from './killLibrary.ts';

describe('a process that labels and imports, killed at random instants', () => {
  it('loses nothing that it had acknowledged', async () => {
    const images = Array.from({ length: 40 }, (_, i) => importedImage(`${i}.jpg`, i));
    const report = await killLibrary(temporaryFolder(), 6, images);
    expect(report).toMatchObject({
      kills: 6,
      lostLabels: 0,
      lostImages: 0,
      partBatches: 0,
      withoutThumbnail: 0,
    });
    expect(report.acknowledged).toBeGreaterThan(0);
  }, 120_000);
});
