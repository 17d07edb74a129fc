import { styleText } from 'node:util';
import { GenoiseError, errorToPlain } from '../../shared/errors.ts';
import { forCommandLine } from './commandLineWords.ts';

/** Where a command speaks. Everything for people goes to standard error once `--json` owns standard output. */
export interface Terminal {
  /** A line for people. */
  line(text: string): void;
  /** A line beside the command's own words: always on standard error. */
  note(text: string): void;
  /**
   * How far something is. On a terminal one line that is overwritten; elsewhere a plain line, at most every
   * `plainInterval` milliseconds.
   */
  progress(text: string): void;
  /** The end of a command: text for people, or with `--json` the object as the last line of standard output. */
  result(text: string, data: object): void;
  /** The other end of a command: sentence and remedy on standard error; with `--json` `{ error }` as its last line. */
  failure(error: unknown): void;
}

export interface Streams {
  readonly out: NodeJS.WritableStream;
  readonly err: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
}

const plainInterval = 10_000;
const clearLine = '\r\u001b[2K';

export function openTerminal(
  json: boolean,
  streams: Streams = { out: process.stdout, err: process.stderr },
): Terminal {
  const { out, err } = streams;
  const live = err.isTTY === true;
  let progressShown = false;
  let lastPlain = -Infinity;
  const clear = (): void => {
    if (progressShown) err.write(clearLine);
    progressShown = false;
  };
  const line = (text: string): void => {
    clear();
    (json ? err : out).write(`${text}\n`);
  };
  return {
    line,
    note: (text) => {
      clear();
      err.write(`${text}\n`);
    },
    progress: (text) => {
      if (live) {
        err.write(clearLine + text.slice(0, (err.columns ?? 120) - 1));
        progressShown = true;
      } else if (performance.now() - lastPlain >= plainInterval) {
        lastPlain = performance.now();
        err.write(`${text}\n`);
      }
    },
    result: (text, data) => {
      line(text);
      if (json) out.write(`${JSON.stringify(data)}\n`);
    },
    failure: (error) => {
      clear();
      const plain = forCommandLine(errorToPlain(error));
      // A fault of ours: whoever reports it has the place.
      if (!(error instanceof GenoiseError) && error instanceof Error) err.write(`${error.stack}\n`);
      const title = live ? styleText('red', 'Error:', { stream: err }) : 'Error:';
      err.write(`${title} ${plain.message}\n${plain.remedy}\n`);
      if (json) out.write(`${JSON.stringify({ error: plain })}\n`);
    },
  };
}
