import { copyFileSync, existsSync, globSync, linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { drawSampleImage } from '../../main/importer/sampleImageDrawing.ts';
import { sampleClasses } from '../../main/importer/sampleImages.ts';
import { generateProject } from './libraryProject.ts';
import { generatedRoots, generateRows } from './libraryRows.ts';

const differentPictures = 2000;
const side = 128;

/**
 * A project of `rows` generated images in `folder`, each with a thumbnail that is a real JPEG, 128 px on its longer
 * side, and with a file: 2,000 of the photographs below `photographs` in turns, or as many drawn ones. The one of the
 * last time is used where it is there.
 */
export async function provideUiProject(folder: string, rows: number, photographs?: string): Promise<void> {
  const made = `${folder}.made`;
  if (existsSync(made)) return;
  const originals = `${folder}-originals`;
  for (const old of [folder, originals]) rmSync(old, { recursive: true, force: true });
  mkdirSync(originals, { recursive: true });
  const count = Math.min(rows, differentPictures);
  const files = Array.from({ length: count }, (_, i) => join(originals, `${i}.jpg`));
  if (photographs === undefined) await drawPictures(files);
  else copyPhotographs(photographs, files);
  const pictures: Uint8Array[] = [];
  for (const file of files) {
    pictures.push(await sharp(file).resize(side, side, { fit: 'inside' }).jpeg({ quality: 80 }).toBuffer());
  }
  generateProject(folder, rows, { pictures, rootsIn: originals });
  linkOriginals(originals, rows, files);
  writeFileSync(made, '');
}

async function drawPictures(files: readonly string[]): Promise<void> {
  for (const [i, file] of files.entries()) {
    const name = sampleClasses[i % sampleClasses.length];
    const { width, height, data } = drawSampleImage(name, i, { seed: 7, side });
    await sharp(data, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: 80 })
      .toFile(file);
  }
}

/** Spread over all that there are. */
function copyPhotographs(folder: string, files: readonly string[]): void {
  const found = globSync('**/*.{jpg,jpeg,JPG,JPEG}', { cwd: folder }).toSorted();
  if (found.length === 0) throw new Error(`there is no JPEG file below ${folder}`);
  for (const [i, file] of files.entries()) {
    copyFileSync(join(folder, found[Math.floor((i * found.length) / files.length)]), file);
  }
}

/** Puts a picture where each row says that one lies, without taking room for it again. */
function linkOriginals(originals: string, rows: number, files: readonly string[]): void {
  const made = new Set<string>();
  for (const { rootId, relativePath, slot } of generateRows(rows)) {
    if (slot === null) continue;
    const path = join(originals, generatedRoots[rootId - 1].folder, Buffer.from(relativePath).toString());
    const folder = dirname(path);
    if (!made.has(folder)) mkdirSync(folder, { recursive: true });
    made.add(folder);
    linkSync(files[slot % files.length], path);
  }
}
