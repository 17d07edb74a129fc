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
    if (data !== undefined) results.push(await compare(`import of ${data}`, data, 32, rounds, folder));
    if (large > 0) {
      const photos = join(folder, 'large');
      await writeLargePhotos(photos, large);
      results.push(await compare(`import of ${large} JPEGs of 12 megapixels`, photos, 256, rounds, folder));
    }
    return results;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compare(
  name: string,
  photos: string,
  slotSize: number,
  rounds: number,
  scratch: string,
): Promise<BenchResult> {
  const runs = { ours: [] as Run[], theirs: [] as Run[] };
  const ours = new URL('./importOurs.ts', import.meta.url).pathname;
  const theirs = new URL('./import.py', import.meta.url).pathname;
  for (let round = 0; round < rounds; round += 1) {
    const project = join(scratch, `project-${slotSize}-${round}`);
    runs.ours.push(await timed(process.execPath, [ours, photos, project, String(slotSize)]));
    rmSync(project, { recursive: true, force: true });
    runs.theirs.push(
      await timed(debianPython3, [theirs, photos, String(slotSize), String(availableParallelism())]),
    );
  }
  const speeds = { ours: runs.ours.map(speed), theirs: runs.theirs.map(speed) };
  const [a, b] = [median(speeds.ours), median(speeds.theirs)];
  const peak = { ours: megabytes(runs.ours), theirs: megabytes(runs.theirs) };
  say(
    `${name} (${runs.ours[0].images} files, M = ${slotSize}): ours ${a.toPrecision(3)} images/s and ${peak.ours} MB,` +
      ` PIL + torchvision ${b.toPrecision(3)} and ${peak.theirs} MB, ratio ${(a / b).toFixed(2)}`,
  );
  return {
    bench: name,
    ratio: a / b,
    ours: a,
    theirs: b,
    unit: 'images/s',
    runs: rounds,
    spread: { ours: range(speeds.ours), theirs: range(speeds.theirs) },
    details: { machine: machine(), slotSize, peakMegabytes: peak, versions: runs.theirs[0].versions },
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
