import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeSampleImages } from '../../main/importer/sampleImages.ts';
import { photographs, photographsArchive } from '../helpers/requirement.ts';

/** Images of two classes, each in a folder of its class's name. */
export interface RealImages {
  readonly classes: readonly [string, string];
  readonly count: number;
}

/** Photographs where they are on this machine, else images of our own generator; so many of each of two classes. */
export async function writeRealImages(folder: string, each: number): Promise<RealImages> {
  mkdirSync(folder, { recursive: true });
  const source = mkdtempSync(join(tmpdir(), 'genoise-test-'));
  try {
    const classes = photographs.present ? unpackPhotographs(source) : await drawImages(source, each);
    for (const name of classes) {
      mkdirSync(join(folder, name));
      const files = readdirSync(join(source, name)).toSorted().slice(0, each);
      for (const file of files) cpSync(join(source, name, file), join(folder, name, file));
    }
    return { classes, count: 2 * each };
  } finally {
    rmSync(source, { recursive: true, force: true });
  }
}

function unpackPhotographs(into: string): readonly [string, string] {
  const classes = ['automobile', 'frog'] as const;
  const wanted = classes.map((name) => `cifar10-12k/test/${name}`);
  const { status } = spawnSync('tar', [
    'xzf',
    photographsArchive,
    '-C',
    into,
    '--strip-components=2',
    ...wanted,
  ]);
  if (status !== 0) throw new Error(`${photographsArchive} cannot be unpacked`);
  return classes;
}

async function drawImages(into: string, each: number): Promise<readonly [string, string]> {
  await writeSampleImages(into, { count: 8 * each, seed: 3, side: 40 });
  return ['dots', 'stripes'];
}
