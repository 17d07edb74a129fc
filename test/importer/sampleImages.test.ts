import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { sampleClasses, writeSampleImages } from '../../main/importer/sampleImages.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';

const options = { count: 4 * sampleClasses.length + 1, seed: 5, side: 16 };

describe('writeSampleImages', () => {
  it('spreads JPEG and PNG files over a folder a class, the same bytes for the same seed', async () => {
    const [one, other] = [temporaryFolder(), temporaryFolder()];
    const files = await writeSampleImages(one, options);
    expect(await writeSampleImages(other, options)).toEqual(files);
    expect(new Set(files).size).toBe(options.count);
    expect(files.filter((path) => path.startsWith('dots/'))).toHaveLength(4);
    for (const path of files) expect(readFileSync(join(one, path))).toEqual(readFileSync(join(other, path)));
    const formats = files.map(async (path) => (await sharp(join(one, path)).metadata()).format);
    expect(await Promise.all(formats)).toEqual(files.map((path) => (path.endsWith('.png') ? 'png' : 'jpeg')));
  });

  it('stops when asked', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(writeSampleImages(temporaryFolder(), { ...options, signal })).rejects.toThrow('enough');
  });
});
