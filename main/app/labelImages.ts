import { readFileSync } from 'node:fs';
import type { Library } from '../library/client.ts';
import type { ClassCount } from '../../shared/labelling.ts';
import { genoiseError } from '../../shared/errors.ts';
import { systemCode } from '../../shared/systemCode.ts';
import type { ImageId } from '../../shared/records.ts';
import { folderLabels } from './folderLabels.ts';
import { asStep } from './asStep.ts';
import { drawLabels, type LabelBudget } from './drawLabels.ts';
import { readLabelFile, type ImageLabel } from './readLabelFile.ts';

export interface LabelOptions {
  /** Where the labels come from: the names of the images' folders, a CSV file, or the text of one with its name. */
  readonly source:
    | { readonly kind: 'folders' }
    | { readonly kind: 'csv'; readonly file: string }
    | { readonly kind: 'text'; readonly name: string; readonly text: string };
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
  /** The step of the history, null where nothing changed. */
  readonly changeId: number | null;
  readonly classes: readonly ClassCount[];
}

interface Candidate {
  readonly key: string;
  readonly label: string;
  readonly heldOut: boolean;
  readonly imageId: ImageId;
}

/**
 * Labels images of a project; all of it is one action of the label history.
 * @throws csv-format, unknown-class, image-not-in-project, no-folder-classes, cannot-read
 */
export async function labelImages(library: Library, options: LabelOptions): Promise<LabelSummary> {
  const candidates = await candidatesOf(library, options);
  const { budget, seed = '1', replace = false } = options;
  const drawn = budget === undefined ? candidates : drawLabels(candidates, budget, seed);
  const labels = drawn.map(({ imageId, label }) => ({ imageId, className: label }));
  const source = options.source.kind === 'folders' ? 'folder' : 'csv';
  const { result, changeId } = await asStep(library, () =>
    library.write.labelByName(labels, { source, replace }),
  );
  return { given: labels.length, ...result, changeId, classes: await library.read.countLabels() };
}

async function candidatesOf(
  library: Library,
  { source, newClasses = false }: LabelOptions,
): Promise<readonly Candidate[]> {
  const pairs =
    source.kind === 'folders'
      ? await labelsOfFolders(library)
      : await readLabelFile(library, textOf(source), newClasses);
  return pairs.map(({ image, className }) => ({
    key: `${image.contentHash ?? ''}/${image.displayName}`,
    label: className,
    heldOut: image.heldOut,
    imageId: image.id,
  }));
}

async function labelsOfFolders({ read, folder }: Library): Promise<readonly ImageLabel[]> {
  const labels = await folderLabels(read);
  if (labels.length === 0) throw genoiseError('no-folder-classes', { folder });
  return labels;
}

function textOf(source: Exclude<LabelOptions['source'], { readonly kind: 'folders' }>): {
  readonly name: string;
  readonly text: string;
} {
  return source.kind === 'text' ? source : { name: source.file, text: readText(source.file) };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw genoiseError('cannot-read', { path: file, reason: systemCode(error) }, error);
  }
}
