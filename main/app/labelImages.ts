import { readFileSync } from 'node:fs';
import { folderClass } from '../../shared/folderClass.ts';
import { ensureClasses } from '../library/classes.ts';
import { listImages } from '../library/images.ts';
import { countLabels, listLabels, setLabels, type ClassCount, type NewLabel } from '../library/labels.ts';
import { openProject, type Project } from '../library/project.ts';
import { genoiseError } from '../../shared/errors.ts';
import type { ImageRow, LabelSource } from '../../shared/records.ts';
import { drawLabels, type LabelBudget } from './drawLabels.ts';
import { readLabelFile } from './readLabelFile.ts';

export interface LabelOptions {
  /** Where the labels come from: the names of the images' folders, or a CSV file. */
  readonly source: { readonly kind: 'folders' } | { readonly kind: 'csv'; readonly file: string };
  /** Use only some of them; absent: all. */
  readonly budget?: LabelBudget;
  /** Which ones. */
  readonly seed?: string;
  /** Take away every label that is not among these. */
  readonly replace?: boolean;
  /** Let a CSV file name classes that the project does not have. Always so while it has none. */
  readonly newClasses?: boolean;
}

export interface LabelSummary {
  readonly given: number;
  readonly changed: number;
  readonly removed: number;
  readonly classes: readonly ClassCount[];
}

interface Candidate {
  readonly key: string;
  readonly label: string;
  readonly heldOut: boolean;
  readonly image: ImageRow;
}

/**
 * Labels images of a project; all of it is one action of the label history.
 * @throws not-a-project, project-in-use, csv-format, unknown-class, image-not-in-project, no-folder-classes
 */
export function labelImages(folder: string, options: LabelOptions): LabelSummary {
  const project = openProject(folder);
  try {
    const candidates = candidatesOf(project, options);
    const { budget, seed = '1' } = options;
    const drawn = budget === undefined ? candidates : drawLabels(candidates, budget, seed);
    return write(project, drawn, options);
  } finally {
    project.close();
  }
}

function candidatesOf(project: Project, { source, newClasses = false }: LabelOptions): readonly Candidate[] {
  const pairs =
    source.kind === 'folders'
      ? labelsOfFolders(project)
      : readLabelFile(project.db, { name: source.file, text: readText(source.file) }, newClasses);
  return pairs.map(({ image, className }) => ({
    key: `${image.contentHash ?? ''}/${image.displayName}`,
    label: className,
    heldOut: image.heldOut,
    image,
  }));
}

function labelsOfFolders({ db, folder }: Project): { image: ImageRow; className: string }[] {
  const pairs = listImages(db, 'ready').flatMap((image) => {
    const className = folderClass(image.relativePath);
    return className === null ? [] : [{ image, className }];
  });
  if (pairs.length === 0) throw genoiseError('no-folder-classes', { folder });
  return pairs;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw genoiseError('cannot-read', { path: file, reason }, error);
  }
}

function write({ db }: Project, drawn: readonly Candidate[], options: LabelOptions): LabelSummary {
  // In the order of the alphabet: then a project made twice has its classes in the same order.
  const names = [...new Set(drawn.map((candidate) => candidate.label))].sort();
  const classIds = new Map(ensureClasses(db, names).map((row) => [row.name, row.id]));
  const labels: NewLabel[] = drawn.map(({ image, label }) => ({
    imageId: image.id,
    classId: classIds.get(label) ?? null,
  }));
  const kept = new Set(labels.map((label) => label.imageId));
  const removals = options.replace === true ? listLabels(db).filter((label) => !kept.has(label.imageId)) : [];
  const source: LabelSource = options.source.kind === 'csv' ? 'csv' : 'folder';
  const changed = setLabels(
    db,
    [...removals.map(({ imageId }) => ({ imageId, classId: null })), ...labels],
    source,
  );
  return { given: labels.length, changed, removed: removals.length, classes: countLabels(db) };
}
