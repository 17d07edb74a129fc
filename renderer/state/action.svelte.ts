import { errorToPlain, type PlainError } from '../../shared/errors.ts';

/**
 * Something that a person starts with a button: whether it is under way, and why it failed, to be shown beside that
 * button. A second start while the first is under way does nothing.
 */
export class Action<A extends readonly unknown[], T> {
  busy = $state(false);
  error = $state.raw<PlainError | null>(null);
  readonly #work: (...args: A) => Promise<T>;

  constructor(work: (...args: A) => Promise<T>) {
    this.#work = work;
  }

  /** Resolves with the result; with undefined when it failed (see `error`) or was under way already. */
  run = async (...args: A): Promise<T | undefined> => {
    if (this.busy) return undefined;
    this.busy = true;
    this.error = null;
    try {
      return await this.#work(...args);
    } catch (error) {
      this.error = errorToPlain(error);
      return undefined;
    } finally {
      this.busy = false;
    }
  };
}
