import { CsvError, parse } from 'csv-parse/sync';
import { genoiseError } from '../../shared/errors.ts';
import { listClasses } from '../library/classes.ts';
import { findImages, findImagesByBytes } from '../library/images.ts';
import type { ReadableDatabase } from '../library/database.ts';
import type { ImageRow } from '../../shared/records.ts';

export interface ImageLabel {
  readonly image: ImageRow;
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
export function readLabelFile(
  db: ReadableDatabase,
  file: { readonly name: string; readonly text: string },
  newClasses: boolean,
): readonly ImageLabel[] {
  const known = listClasses(db).map((row) => row.name);
  const anyClass = newClasses || known.length === 0;
  return parseLines(file).flatMap(({ record, info: { lines: line } }) => {
    const { file: path, label, bytes = '' } = record;
    if (path === undefined || label === undefined || path === '' || label === '') {
      const problem = 'it needs a value in the columns "file" and "label"';
      throw genoiseError('csv-format', { file: file.name, line, problem });
    }
    const className = label.normalize('NFC');
    if (!anyClass && !known.includes(className)) {
      throw genoiseError('unknown-class', { file: file.name, line, className, known });
    }
    const images = bytes === '' ? findImages(db, path) : findImagesByBytes(db, Buffer.from(bytes, 'hex'));
    if (images.length === 0)
      throw genoiseError('image-not-in-project', { file: file.name, line, image: path });
    return images.map((image) => ({ image, className }));
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
