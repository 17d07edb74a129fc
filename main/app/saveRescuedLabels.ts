import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { genoiseError } from '../../shared/errors.ts';
import { systemCode } from '../../shared/systemCode.ts';
import { rescueLabels } from '../library/rescueLabels.ts';
import { formatLabelCsv } from './labelCsv.ts';

export interface RescueSummary {
  /** Absolute. */
  readonly path: string;
  readonly labels: number;
  /** Labels of which the image's path could not be read. */
  readonly lost: number;
  /** Classes whose names could not be read: they are called "class 3" in the file. */
  readonly unnamed: number;
}

/**
 * Writes the labels that can be read of a damaged project into a new CSV file, with absolute paths where the
 * folders are known: to be given to another project that has the same folders.
 * @throws not-a-project; labels-lost when none can be read; cannot-write, also when `out` is there
 */
export function saveRescuedLabels(folder: string, out: string): RescueSummary {
  const { labels, lost, unnamed } = rescueLabels(folder);
  const lines = labels.map(({ root, relativePath, className }) => {
    const path = root === null ? relativePath : Buffer.concat([Buffer.from(`${root}/`), relativePath]);
    return { path, label: className, root: root ?? '', heldOut: null };
  });
  const path = resolve(out);
  try {
    writeFileSync(path, formatLabelCsv(lines), { flag: 'wx' });
  } catch (error) {
    throw genoiseError('cannot-write', { path, reason: systemCode(error) }, error);
  }
  return { path, labels: labels.length, lost, unnamed };
}
