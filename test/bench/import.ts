import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { debianPython3 } from '../helpers/requirement.ts';
import { machine, say, type BenchResult } from './report.ts';
import { median, range } from './statistics.ts';
import { watchTreeMemory } from './treeMemory.ts';

export interface ImportBenchOptions {
  /** A folder of photographs; left out when absent. */
  readonly data?: string;
  /** How many 12-megapixel JPEGs to generate. */
  readonly large: number;
  readonly rounds: number;
}

/** What a side prints, with the memory that was seen from outside. */
interface Run {
  readonly images: number;
  readonly seconds: number;
  readonly peakBytes: number;
  readonly versions?: unknown;
}

/** A whole import (hash, slot, thumbnail, row) against PIL and torchvision doing the decoding and resizing alone. */
export async function benchImport({
  data,
  large,
  rounds,
}: ImportBenchOptions): Promise<readonly BenchResult[]> {
  say(`Machine: ${machine()}; as many workers as cores on each side.`);
  const folder = mkdtempSync(join(tmpdir(), 'genoise-bench-'));
  try {
    const results: BenchResult[] = [];
    if (data !== undefined) {
      const small = { name: `import of ${data}`, photos: data, slotSize: 32, sides: [''] };
      results.push(...(await compare(small, rounds, folder)));
    }
    if (large > 0) {
      const photos = join(folder, 'large');
      await writeLargePhotos(photos, large);
      const name = `import of ${large} JPEGs of 12 megapixels`;
      results.push(...(await compare({ name, photos, slotSize: 256, sides: ['', 'draft'] }, rounds, folder)));
    }
    return results;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Comparison {
  readonly name: string;
  readonly photos: string;
  readonly slotSize: number;
  /** How PIL decodes, each a side of its own: whole (''), or a large JPEG at a fraction of its size (`draft`). */
  readonly sides: readonly string[];
}

/** Runs all sides in turns. @returns one comparison a side of PIL's */
async function compare(
  { name, photos, slotSize, sides }: Comparison,
  rounds: number,
  scratch: string,
): Promise<readonly BenchResult[]> {
  const ours: Run[] = [];
  const theirs = sides.map((): Run[] => []);
  const scripts = {
    ours: join(import.meta.dirname, 'importOurs.ts'),
    pil: join(import.meta.dirname, 'import.py'),
  };
  for (let round = 0; round < rounds; round += 1) {
    const project = join(scratch, `project-${slotSize}-${round}`);
    ours.push(await timed(process.execPath, [scripts.ours, photos, project, String(slotSize)]));
    rmSync(project, { recursive: true, force: true });
    for (const [i, side] of sides.entries()) {
      const given = [
        photos,
        String(slotSize),
        String(availableParallelism()),
        ...(side === '' ? [] : [side]),
      ];
      theirs[i].push(await timed(debianPython3, [scripts.pil, ...given]));
    }
  }
  return sides.map((side, i) => {
    const title = side === '' ? name : `${name}, PIL with ${side}`;
    return resultOf(title, slotSize, ours, theirs[i]);
  });
}

function resultOf(name: string, slotSize: number, ours: readonly Run[], theirs: readonly Run[]): BenchResult {
  const speeds = { ours: ours.map(speed), theirs: theirs.map(speed) };
  const [a, b] = [median(speeds.ours), median(speeds.theirs)];
  const peak = { ours: megabytes(ours), theirs: megabytes(theirs) };
  const told = (values: readonly number[]): string => values.map((value) => value.toPrecision(3)).join('–');
  const spread = { ours: range(speeds.ours), theirs: range(speeds.theirs) };
  say(
    `${name} (${ours[0].images} files, M = ${slotSize}, ${ours.length} rounds):` +
      ` ours ${a.toPrecision(4)} images/s (${told(spread.ours)}) and ${peak.ours} MB,` +
      ` PIL + torchvision ${b.toPrecision(4)} (${told(spread.theirs)}) and ${peak.theirs} MB, ratio ${(a / b).toFixed(2)}`,
  );
  return {
    bench: name,
    ratio: a / b,
    ours: a,
    theirs: b,
    unit: 'images/s',
    runs: ours.length,
    spread,
    details: { machine: machine(), slotSize, peakMegabytes: peak, versions: theirs[0].versions },
  };
}

function speed({ images, seconds }: Run): number {
  return images / seconds;
}

function megabytes(runs: readonly Run[]): number {
  return Math.round(Math.max(...runs.map((run) => run.peakBytes)) / 2 ** 20);
}

/** Runs a side in a process of its own and reads its last line. */
function timed(command: string, parameters: readonly string[]): Promise<Run> {
  const { promise, resolve, reject } = Promise.withResolvers<Run>();
  const child = spawn(command, parameters, { stdio: ['ignore', 'pipe', 'inherit'] });
  const memory = watchTreeMemory(child.pid ?? 0);
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  child.on('error', reject);
  child.on('close', (code) => {
    const peakBytes = memory.stop();
    if (code !== 0) reject(new Error(`${command} ${parameters[0]} ended with code ${code}`));
    else
      resolve({
        ...(JSON.parse(printed.trim().split('\n').at(-1) ?? '') as Omit<Run, 'peakBytes'>),
        peakBytes,
      });
  });
  return promise;
}

const [width, height] = [4000, 3000];
const differentPhotos = 8;

/** JPEGs of 12 megapixels, 3 to 4 MB each as a camera writes them; each file's bytes are its own. */
async function writeLargePhotos(folder: string, count: number): Promise<void> {
  mkdirSync(folder);
  const photos: Buffer[] = [];
  for (let i = 0; i < Math.min(count, differentPhotos); i += 1) photos.push(await largePhoto(i));
  for (let i = 0; i < count; i += 1) {
    // What follows the end of a JPEG is not looked at.
    const bytes = Buffer.concat([photos[i % photos.length], Buffer.from(`number ${i}`)]);
    writeFileSync(join(folder, `${String(i).padStart(4, '0')}.jpg`), bytes);
  }
}

/** Soft noise at two scales: details everywhere, as in foliage. */
async function largePhoto(seed: number): Promise<Buffer> {
  const noise = (side: number, sigma: number): Promise<Buffer> =>
    sharp({
      create: {
        width: side,
        height: (side * 3) / 4,
        channels: 3,
        background: '#888',
        noise: { type: 'gaussian', mean: 128, sigma },
      },
    })
      .resize(width, height, { kernel: 'cubic', fit: 'fill' })
      .png({ compressionLevel: 0 })
      .toBuffer();
  return sharp(await noise(1000, 60))
    .composite([{ input: await noise(40 + 4 * seed, 90), blend: 'soft-light' }])
    .jpeg({ quality: 90 })
    .toBuffer();
}
