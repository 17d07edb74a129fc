import { randomBytes, randomInt } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';

/** A folder of pictures that can be changed, so that the next import has something to do. */
export interface ChangingPhotos {
  readonly folder: string;
  /** Gives `count` files other contents, under their names or under new ones. */
  change(count: number): Promise<void>;
}

/** Writes `count` small pictures, a tenth of them copies, into `folder`. */
export async function writeChangingPhotos(folder: string, count: number): Promise<ChangingPhotos> {
  mkdirSync(folder, { recursive: true });
  let next = 0;
  const add = async (): Promise<void> => {
    next += 1;
    await writePicture(folder, `${String(next).padStart(6, '0')}.${next % 3 === 0 ? 'png' : 'jpg'}`);
  };
  for (let i = 0; i < count; i += 1) await add();
  return {
    folder,
    async change(some) {
      for (let i = 0; i < some; i += 1) {
        const names = readdirSync(folder).filter((name) => /^\d+\.(png|jpg)$/.test(name));
        const name = names[randomInt(names.length)];
        if (i % 2 === 0) await writePicture(folder, name);
        else {
          rmSync(join(folder, name));
          await add();
        }
      }
    },
  };
}

async function writePicture(folder: string, name: string): Promise<void> {
  const path = join(folder, name);
  const other = readdirSync(folder).find((each) => each < name && each.endsWith(name.slice(-3)));
  if (other !== undefined && randomInt(10) === 0) copyFileSync(join(folder, other), path);
  else writeFileSync(path, await picture(name.endsWith('png')));
}

/** Patches of colour: no two alike. */
function picture(png: boolean): Promise<Buffer> {
  const patches = sharp(randomBytes(5 * 4 * 3), { raw: { width: 5, height: 4, channels: 3 } });
  const large = patches.resize(60, 48, { kernel: 'nearest' });
  return (png ? large.png() : large.jpeg()).toBuffer();
}
