import { existsSync, globSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { drawSampleImage } from '../../main/importer/sampleImageDrawing.ts';
import { sampleClasses } from '../../main/importer/sampleImages.ts';
import { generateProject } from './libraryProject.ts';

const differentPictures = 2000;
const side = 128;

/**
 * A project of `rows` generated images in `folder`, each with a thumbnail that is a real JPEG, 128 px on its longer
 * side: 2,000 of the photographs below `photographs` in turns, or as many drawn ones. The one of the last time is used
 * where it is there.
 */
export async function provideUiProject(folder: string, rows: number, photographs?: string): Promise<void> {
  const made = `${folder}.made`;
  if (existsSync(made)) return;
  rmSync(folder, { recursive: true, force: true });
  const pictures: Uint8Array[] = [];
  const some = photographs === undefined ? drawn : photographed(photographs);
  for (let i = 0; i < Math.min(rows, differentPictures); i += 1) {
    const picture = some(i).resize(side, side, { fit: 'inside' });
    pictures.push(await picture.jpeg({ quality: 80 }).toBuffer());
  }
  generateProject(folder, rows, pictures);
  writeFileSync(made, '');
}

function drawn(i: number): Sharp {
  const name = sampleClasses[i % sampleClasses.length];
  const { width, height, data } = drawSampleImage(name, i, { seed: 7, side });
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** Spread over all that there are. */
function photographed(folder: string): (i: number) => Sharp {
  const files = globSync('**/*.{jpg,jpeg,JPG,JPEG}', { cwd: folder }).toSorted();
  if (files.length === 0) throw new Error(`there is no JPEG file below ${folder}`);
  return (i) => sharp(join(folder, files[Math.floor((i * files.length) / differentPictures) % files.length]));
}
