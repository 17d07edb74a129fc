import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { isDiskFull } from '../../shared/diskFull.ts';
import { genoiseError } from '../../shared/errors.ts';
import { partialEnding, writeAll, type ByteWriter } from '../training/writeFileAtomically.ts';

export interface Prediction {
  /** Path below the folder, for people. */
  readonly file: string;
  /** Number of the class. */
  readonly answer: number;
  /** Of each class. */
  readonly probabilities: ArrayLike<number>;
}

/** A CSV file that grows: `file,label,probability`, then a column a class. */
export interface PredictionTable {
  /** @throws disk-full, cannot-write */
  add(predictions: readonly Prediction[]): void;
  /** Puts the file in its place. @throws disk-full, cannot-write */
  commit(): void;
  /** Removes what was written. After `commit` it does nothing. */
  discard(): void;
}

const digits = 6;

/** Begins a table; nothing is at `path` before `commit`. @throws disk-full, cannot-write */
export function openPredictionTable(
  path: string,
  classes: readonly string[],
  writeBytes: ByteWriter = writeAll,
): PredictionTable {
  const partial = join(dirname(path), `.${basename(path)}${partialEnding}`);
  const file = naming(path, () => {
    mkdirSync(dirname(path), { recursive: true });
    return openSync(partial, 'w');
  });
  let open = true;
  const close = (): void => {
    if (open) closeSync(file);
    open = false;
  };
  const write = (rows: readonly (readonly string[])[]): void =>
    naming(path, () => writeBytes(file, Buffer.from(stringify(rows.map((cells) => [...cells])))));
  const discard = (): void => {
    close();
    rmSync(partial, { force: true });
  };
  try {
    write([['file', 'label', 'probability', ...classes]]);
  } catch (error) {
    discard();
    throw error;
  }
  return {
    add: (predictions) => write(predictions.map((prediction) => row(prediction, classes))),
    commit: () =>
      naming(path, () => {
        fsyncSync(file);
        close();
        renameSync(partial, path);
      }),
    discard,
  };
}

function row({ file, answer, probabilities }: Prediction, classes: readonly string[]): string[] {
  const cells = Array.from(probabilities, (probability) => String(Number(probability.toPrecision(digits))));
  return [file, classes[answer], cells[answer], ...cells];
}

function naming<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (isDiskFull(error)) throw genoiseError('disk-full', { folder: dirname(path) }, error);
    const reason = error instanceof Error ? error.message : String(error);
    throw genoiseError('cannot-write', { path, reason }, error);
  }
}
