import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importedImage } from '../helpers/importedImage.ts';
import { killImport } from '../faults/killImport.ts';
import { killLibrary } from '../faults/killLibrary.ts';
import { unusableFiles } from '../helpers/hostile/unusableFiles.ts';
import { machine, say, type BenchResult } from './report.ts';

export interface KillBenchOptions {
  /** In each half. */
  readonly kills: number;
  readonly pictures: number;
}

/**
 * Kills at random instants, in two halves: a process that writes labels and import batches as fast as it can, and real
 * imports (the application's process or its worker) that are labelled meanwhile. Fails when anything is lost.
 */
export async function benchKill({ kills, pictures }: KillBenchOptions): Promise<readonly BenchResult[]> {
  say(`Machine: ${machine()}.`);
  const folder = mkdtempSync(join(tmpdir(), 'genoise-bench-'));
  try {
    const [written, imported] = ['written', 'imported'].map((name) => join(folder, name));
    mkdirSync(imported);
    const images = Array.from({ length: 40 }, (_, i) => importedImage(`${i}.jpg`, i));
    const ofRows = await killLibrary(written, kills, images);
    tell('labels and batches, written as fast as possible', ofRows);
    const ofImports = await killImport(imported, { kills, pictures, hostile: await unusableFiles() });
    tell('real imports, labelled meanwhile', ofImports);
    const lost = [
      ofRows.lostLabels + ofRows.lostImages + ofRows.partBatches + ofRows.withoutThumbnail,
      ofImports.lostLabels + ofImports.incomplete + ofImports.orphans + ofImports.otherRows,
      ofImports.otherPixels + ofImports.otherThumbnails + ofImports.tooMany,
    ].reduce((sum, each) => sum + each);
    const all = ofRows.kills + ofImports.kills + ofImports.workerKills;
    if (lost > 0) throw new Error(`${lost} things were lost or wrong after ${all} kills`);
    return [
      {
        bench: `${all} kills at random instants`,
        ratio: null,
        ours: lost,
        theirs: null,
        unit: 'things lost',
        runs: all,
        spread: { ours: [lost], theirs: [] },
        details: { ofRows, ofImports },
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function tell(what: string, report: object): void {
  say(`\n${what}:`);
  for (const [name, value] of Object.entries(report)) say(`  ${name.padEnd(18)} ${String(value)}`);
}
