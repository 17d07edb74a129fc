import { CsvError, parse } from 'csv-parse/sync';
import { genoiseError } from '../../shared/errors.ts';
import type { ReadOnlyLibrary } from '../library/client.ts';
import type { ImageRow } from '../../shared/records.ts';

export interface ImageLabel {
  readonly image: Pick<ImageRow, 'id' | 'contentHash' | 'displayName' | 'heldOut'>;
  readonly className: string;
}

interface Line {
  readonly record: Readonly<Record<string, string>>;
  readonly info: { readonly lines: number };
}

/**
 * Reads a label file: a header `file,label` (more columns are ignored), then an image and its class a line. A path is
 * below any imported folder, or absolute; where two folders hold it, both images get the label. A name that is no text
 * stands in a column `bytes`, in hexadecimal digits.
 * Nothing is used of a file with a mistake in it.
 * @param newClasses let it name classes that the project does not have; always so while it has none
 * @throws csv-format, unknown-class, image-not-in-project, each with its line
 */
export async function readLabelFile(
  { read }: ReadOnlyLibrary,
  file: { readonly name: string; readonly text: string },
  newClasses: boolean,
): Promise<readonly ImageLabel[]> {
  const known = (await read.listClasses()).map((row) => row.name);
  const anyClass = newClasses || known.length === 0;
  const lines = parseLines(file);
  const found = await read.findImagesByPaths(
    lines.map(({ record: { file: path = '', bytes = '' } }) =>
      bytes === '' ? path : new Uint8Array(Buffer.from(bytes, 'hex')),
    ),
  );
  return lines.flatMap(({ record: { file: path, label }, info: { lines: line } }, i) => {
    if (path === undefined || label === undefined || path === '' || label === '') {
      const problem = 'it needs a value in the columns "file" and "label"';
      throw genoiseError('csv-format', { file: file.name, line, problem });
    }
    const className = label.normalize('NFC');
    if (!anyClass && !known.includes(className)) {
      throw genoiseError('unknown-class', { file: file.name, line, className, known });
    }
    if (found[i].length === 0)
      throw genoiseError('image-not-in-project', { file: file.name, line, image: path });
    return found[i].map((image) => ({ image, className }));
  });
}

function parseLines({ name, text }: { readonly name: string; readonly text: string }): readonly Line[] {
  try {
    return parse(text, { columns: true, info: true, bom: true, trim: true, skip_empty_lines: true });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = 'lines' in error && typeof error.lines === 'number' ? error.lines : 1;
    throw genoiseError('csv-format', { file: name, line, problem: error.message }, error);
  }
}
