import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { machine, say, type BenchResult } from './report.ts';
import { watchTreeMemory } from './treeMemory.ts';

export interface MemoryBenchOptions {
  /** Files of the larger import; the smaller one has a tenth. */
  readonly files: number;
}

const ours = join(import.meta.dirname, 'importOurs.ts');
const slotSize = 32;
const differentPictures = 1000;

/**
 * The memory of whole imports, all processes together: of a folder, of one with ten times as many files, and of that
 * one again when nothing has changed in it.
 */
export async function benchMemory({ files }: MemoryBenchOptions): Promise<readonly BenchResult[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'genoise-bench-'));
  try {
    const pictures = await Promise.all(Array.from({ length: differentPictures }, picture));
    const peaks: number[] = [];
    const [few, many] = [Math.round(files / 10), files];
    for (const [count, isAgain] of [
      [few, false],
      [many, false],
      [many, true],
    ] as const) {
      const [photos, project] = [join(scratch, `photos-${count}`), join(scratch, `project-${count}`)];
      if (!isAgain) writePictures(photos, count, pictures);
      const { peakBytes, seconds, images } = await importMeasured(photos, project);
      if (images !== count) throw new Error(`${count - images} files have no row`);
      peaks.push(Math.round(peakBytes / 2 ** 20));
      const what = isAgain ? `${count} files again, unchanged` : `${count} files`;
      say(`${what}: ${peaks.at(-1)} MB at most, ${(count / seconds).toFixed(0)} files/s`);
    }
    const [small, large] = peaks;
    say(
      `Machine: ${machine()}. Ten times as many files take ${(large / small).toFixed(2)} times the memory.`,
    );
    return [
      {
        bench: `memory of an import of ${files} files`,
        ratio: null,
        ours: large,
        theirs: null,
        unit: 'MB at most',
        runs: 1,
        spread: { ours: peaks, theirs: [] },
      },
    ];
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function picture(): Promise<Buffer> {
  const patches = sharp(randomBytes(9 * 8 * 3), { raw: { width: 9, height: 8, channels: 3 } });
  return patches.resize(48, 40, { kernel: 'nearest' }).jpeg().toBuffer();
}

/** What follows the end of a JPEG is not looked at: it makes each file's bytes its own. */
function writePictures(folder: string, count: number, pictures: readonly Buffer[]): void {
  for (let i = 0; i < count; i += 1) {
    const below = join(folder, String(Math.floor(i / 1000)));
    if (i % 1000 === 0) mkdirSync(below, { recursive: true });
    writeFileSync(
      join(below, `${i}.jpg`),
      Buffer.concat([pictures[i % pictures.length], Buffer.from(`number ${i}`)]),
    );
  }
}

interface Measured {
  readonly images: number;
  readonly seconds: number;
  readonly peakBytes: number;
}

async function importMeasured(photos: string, project: string): Promise<Measured> {
  const child = spawn(process.execPath, [ours, photos, project, String(slotSize)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const memory = watchTreeMemory(child.pid ?? 0);
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const code = await new Promise((resolve) => child.on('close', resolve));
  const peakBytes = memory.stop();
  if (code !== 0) throw new Error(`the import ended with code ${String(code)}`);
  return { ...(JSON.parse(printed) as Omit<Measured, 'peakBytes'>), peakBytes };
}
