import { existsSync, rmSync, writeFileSync } from 'node:fs';
import sharp from 'sharp';
import { drawSampleImage } from '../../main/importer/sampleImageDrawing.ts';
import { sampleClasses } from '../../main/importer/sampleImages.ts';
import { generateProject } from './libraryProject.ts';

const differentPictures = 2000;
const side = 128;

/**
 * A project of `rows` generated images in `folder`, each with a thumbnail that is a real JPEG: 2,000 drawn ones, 128 px
 * on their longer side, in turns. The one of the last time is used where it is there.
 */
export async function provideUiProject(folder: string, rows: number): Promise<void> {
  const made = `${folder}.made`;
  if (existsSync(made)) return;
  rmSync(folder, { recursive: true, force: true });
  const pictures: Uint8Array[] = [];
  for (let i = 0; i < Math.min(rows, differentPictures); i += 1) {
    const { width, height, data } = drawSampleImage(sampleClasses[i % sampleClasses.length], i, {
      seed: 7,
      side,
    });
    const raw = { width, height, channels: 3 } as const;
    pictures.push(await sharp(data, { raw }).jpeg({ quality: 80 }).toBuffer());
  }
  generateProject(folder, rows, pictures);
  writeFileSync(made, '');
}
