import { isUtf8 } from 'node:buffer';
import { stringify } from 'csv-stringify/sync';

/** One line of a label file. */
export interface LabelLine {
  /** Absolute, or below an imported folder; in the file system's bytes. */
  readonly path: Uint8Array;
  readonly label: string;
  readonly root: string;
  readonly heldOut: boolean | null;
}

/**
 * A label file as `genoise label --csv` takes it: `file,label` and for people the root and whether the image is held
 * out. Only where a name is no text there is a column with its bytes as well.
 */
export function formatLabelCsv(lines: readonly LabelLine[]): string {
  const odd = lines.some(({ path }) => !isUtf8(path));
  const columns = ['file', 'label', 'root', 'held_out', ...(odd ? ['bytes'] : [])];
  const records = lines.map(({ path, label, root, heldOut }) => {
    const bytes = isUtf8(path) ? '' : Buffer.from(path).toString('hex');
    const held = heldOut === null ? '' : heldOut ? 'yes' : 'no';
    return [Buffer.from(path).toString('utf8'), label, root, held, ...(odd ? [bytes] : [])];
  });
  // A reader may take blanks around a value for layout, but not within quotes.
  return stringify([columns, ...records], { quoted_match: /^\s|\s$/ });
}
