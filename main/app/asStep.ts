import type { Library } from '../library/client.ts';

/**
 * Does one write and says which step of the history it became; null where it changed nothing. The library writes what
 * it is asked for in that order, so that no other step can come between.
 */
export async function asStep<T>(
  { write }: Pick<Library, 'write'>,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly changeId: number | null }> {
  const [before, result, after] = await Promise.all([write.lastChange(), work(), write.lastChange()]);
  return { result, changeId: after === before ? null : after };
}
