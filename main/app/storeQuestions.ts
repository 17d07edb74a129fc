import { statfs } from 'node:fs/promises';
import { genoiseError } from '../../shared/errors.ts';
import type { StoreQuestion } from '../../shared/contract/imageCommands.ts';
import type { ImportProgress } from '../../shared/importing.ts';
import type { ApplicationContext } from './context.ts';

/** An import that takes more waits for an answer before it reads its first image; nobody is asked about less. */
const askedAbove = 8e9;
const shareOfFree = 0.5;

interface Open {
  readonly question: StoreQuestion;
  answer(slotSize: number): void;
}

const open = new WeakMap<ApplicationContext, Open>();

/** What the import of this application waits to be told; null when none waits. */
export function storeQuestion(context: ApplicationContext): StoreQuestion | null {
  return open.get(context)?.question ?? null;
}

/** Lets the import that waits go on with this size. @throws no-such-job when none waits */
export function answerStore(context: ApplicationContext, slotSize: number): void {
  const waiting = open.get(context);
  if (waiting === undefined) throw genoiseError('no-such-job', {});
  waiting.answer(slotSize);
}

/** Bytes that an import may take without asking. */
export function unaskedBytes(freeBytes: number | null): number {
  return Math.min(askedAbove, freeBytes === null ? Infinity : shareOfFree * freeBytes);
}

/** Bytes free on the disk of a folder; null where that cannot be told. */
export async function freeBytesOf(folder: string): Promise<number | null> {
  return statfs(folder).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => null,
  );
}

/**
 * Asks which size the project's copies of its images shall have.
 * @returns the side in pixels
 * @throws cancelled when the job is stopped meanwhile
 */
export async function askForStore(
  context: ApplicationContext,
  progress: ImportProgress,
  freeBytes: number | null,
  signal: AbortSignal,
): Promise<number> {
  const { slotSize, storeBytes, smaller, total } = progress;
  const own = slotSize === null || storeBytes === null ? [] : [{ slotSize, bytes: storeBytes }];
  const answered = Promise.withResolvers<number>();
  const stop = (): void => answered.reject(genoiseError('cancelled', { job: 'import' }));
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  const question = { images: total, freeBytes, choices: [...own, ...smaller] };
  open.set(context, { question, answer: answered.resolve });
  context.changed('images');
  try {
    return await answered.promise;
  } finally {
    signal.removeEventListener('abort', stop);
    open.delete(context);
    context.changed('images');
  }
}
