import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { importIntoProject } from '../../main/app/importIntoProject.ts';
import type { ImportProgress } from '../../shared/importing.ts';
import { plainPng } from '../helpers/sampleImage.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';

/** The worker process of this test is started with a decoder that dies over files with a marker. */
function breakDecoder(): void {
  const before = process.env.NODE_OPTIONS;
  const preload = new URL('../helpers/crashingDecoder.ts', import.meta.url).href;
  process.env.NODE_OPTIONS = `${before ?? ''} --import=${preload}`;
  onTestFinished(() => {
    if (before === undefined) delete process.env.NODE_OPTIONS;
    else process.env.NODE_OPTIONS = before;
  });
}

async function writePhotos(folder: string, count: number, crashing: readonly number[]): Promise<void> {
  const png = await plainPng(9);
  for (let i = 0; i < count; i += 1) {
    // What follows the end of a PNG is not looked at: it makes each file's bytes its own.
    const trailer = crashing.includes(i) ? `ENDS THE DECODER ${i}` : String(i);
    writeFileSync(
      join(folder, `${String(i).padStart(4, '0')}.png`),
      Buffer.concat([png, Buffer.from(trailer)]),
    );
  }
}

function crashed(summary: Awaited<ReturnType<typeof importIntoProject>>): string[] {
  return summary.unreadable.map(({ file, reason }) => `${file}: ${reason}`);
}

describe('a file that ends the process which decodes it', () => {
  it.each([
    ['few files', 10, [0, 9]],
    ['many files, in threads', 520, [515]],
  ])('is marked, and everything else is imported: %s', async (_, count, crashing) => {
    breakDecoder();
    const photos = temporaryFolder();
    const project = temporaryFolder();
    await writePhotos(photos, count, crashing);
    const seen: ImportProgress[] = [];
    const summary = await importIntoProject(project, { folders: [photos] }, (progress) =>
      seen.push(progress),
    );
    expect(crashed(summary)).toEqual(
      crashing.map((i) => `${String(i).padStart(4, '0')}.png: it crashes the decoder`),
    );
    expect(summary).toMatchObject({
      found: count,
      imported: count,
      images: count - crashing.length,
      duplicates: 0,
    });
    expect(seen.at(-1)).toMatchObject({ total: count, done: count, unreadable: crashing.length });
    // Each new start is told, and each culprit by its name.
    const blamed = new Set(seen.flatMap(({ restart }) => restart?.file ?? []));
    expect([...blamed]).toEqual(crashing.map((i) => `${String(i).padStart(4, '0')}.png`));
    expect(seen.at(-1)?.restart?.count).toBeGreaterThan(crashing.length);

    // It is known now: the next import does not touch it, and so does not crash either.
    const again = await importIntoProject(project, { folders: [photos] }, () => undefined);
    expect(again).toMatchObject({ imported: 0, unchanged: count, images: count - crashing.length });
  });
});
