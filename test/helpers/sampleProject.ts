import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importIntoProject } from '../../main/app/importIntoProject.ts';
import { labelImages } from '../../main/app/labelImages.ts';
import { withLibrary } from '../../main/app/withLibrary.ts';
import { sampleClasses, writeSampleImages } from '../../main/importer/sampleImages.ts';

/** A project of small sample images, three of each class, in a temporary folder of its own. */
export interface SampleProject {
  readonly folder: string;
  readonly images: string;
  readonly project: string;
  /** The images' names, each below the folder of its class. */
  readonly files: readonly string[];
  remove(): void;
}

export async function makeSampleProject(): Promise<SampleProject> {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'genoise-bad-'));
  const [images, project] = ['images', 'project'].map((name) => join(folder, name));
  const files = await writeSampleImages(images, { count: 3 * sampleClasses.length, seed: 1, side: 20 });
  await importIntoProject(project, { folders: [images], heldOutFraction: 0.25, seed: 'a' }, () => undefined);
  return { folder, images, project, files, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Writes a table of labels with these lines below its header. @returns its path */
export function writeLabels(folder: string, lines: readonly string[]): string {
  const csv = join(folder, 'labels.csv');
  writeFileSync(csv, ['file,label', ...lines].join('\n'));
  return csv;
}

/** Gives these images, and no others, the class that their folder names. */
export async function labelOnly(
  { folder, project }: SampleProject,
  chosen: readonly string[],
): Promise<void> {
  const file = writeLabels(
    folder,
    chosen.map((name) => `${name},${name.split('/')[0]}`),
  );
  const options = { source: { kind: 'csv', file }, replace: true, newClasses: true } as const;
  await withLibrary(project, (library) => labelImages(library, options));
}
