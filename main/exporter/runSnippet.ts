import { fileURLToPath } from 'node:url';
import { runScript } from '../engine/execute/scriptProcess.ts';

/** What a snippet says about a file. */
export interface SnippetAnswer {
  readonly file: string;
  readonly label?: string;
  readonly embedding?: readonly number[];
  readonly error?: string;
}

export interface SnippetOptions {
  /** Given to the script before the files. */
  readonly flags?: readonly string[];
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** Windows passes no more than 32,767 characters to a process. */
const longestArguments = 24_000;
const mostFiles = 100;
const snippetProcess = fileURLToPath(new URL('./snippetProcess.ts', import.meta.url));

/**
 * Runs an exported .mjs in a process of its own, which has onnxruntime-node, sharp and the export's folder.
 * @param files absolute paths
 * @returns an answer a file, in their order
 * Errors: a process that does not answer for each file, with its last words.
 */
export async function runSnippet(
  script: string,
  files: readonly string[],
  { flags = [], signal, onProgress }: SnippetOptions = {},
): Promise<SnippetAnswer[]> {
  const answers: SnippetAnswer[] = [];
  for (const part of portions(files)) {
    signal?.throwIfAborted();
    answers.push(...(await runOnce([script, ...flags], part, signal)));
    onProgress?.(answers.length);
  }
  return answers;
}

function portions(files: readonly string[]): string[][] {
  const parts: string[][] = [];
  let length = Infinity;
  for (const file of files) {
    const last = parts.at(-1);
    if (!last || last.length === mostFiles || length + file.length > longestArguments) {
      parts.push([file]);
      length = file.length;
    } else {
      last.push(file);
      length += file.length;
    }
  }
  return parts;
}

/** The exit status is no matter: a file that could not be read is an answer too. */
async function runOnce(
  command: readonly string[],
  files: readonly string[],
  signal: AbortSignal | undefined,
): Promise<SnippetAnswer[]> {
  const { output, lastWords } = await runScript({
    script: snippetProcess,
    arguments: [...command, ...files],
    signal,
  });
  const answers = output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as SnippetAnswer);
  if (answers.length !== files.length || answers.some(({ file }, i) => file !== files[i])) {
    throw new Error(`the exported script did not answer: ${lastWords || output.trim().slice(-500)}`);
  }
  return answers;
}
