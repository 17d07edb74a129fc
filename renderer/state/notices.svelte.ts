import { untrack } from 'svelte';
import { errorToPlain, type PlainError } from '../../shared/errors.ts';

export interface Notice {
  readonly id: number;
  readonly tone: 'done' | 'error';
  readonly text: string;
  /** What to do about an error. */
  readonly remedy?: string;
  readonly action?: NoticeAction;
}

export interface NoticeAction {
  readonly label: string;
  run(): void;
}

/** Long enough to read a sentence and to reach its button. */
const shownFor = 8000;

/**
 * Short messages at the bottom of the window, for what has no place of its own on the screen. An error that belongs to
 * a button or a field is shown beside it with `ErrorBox` instead.
 */
class Notices {
  list = $state.raw<readonly Notice[]>([]);
  #lastId = 0;
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>();

  /** Tells that something was done; goes away by itself. */
  say(text: string, action?: NoticeAction): void {
    const id = this.#add({ tone: 'done', text, ...(action && { action }) });
    this.resume(id);
  }

  /** Tells what went wrong; stays until it is closed. The same sentence is not stacked. */
  fail(thrown: unknown, action?: NoticeAction): void {
    const error: PlainError = errorToPlain(thrown);
    this.list = untrack(() => this.list).filter((notice) => notice.text !== error.message);
    this.#add({ tone: 'error', text: error.message, remedy: error.remedy, ...(action && { action }) });
  }

  close(id: number): void {
    this.hold(id);
    this.list = this.list.filter((notice) => notice.id !== id);
  }

  /** Does not go away while somebody points at it. */
  hold(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  resume(id: number): void {
    if (untrack(() => this.list).find((notice) => notice.id === id)?.tone !== 'done') return;
    this.#timers.set(
      id,
      setTimeout(() => this.close(id), shownFor),
    );
  }

  #add(notice: Omit<Notice, 'id'>): number {
    this.#lastId += 1;
    this.list = [...untrack(() => this.list).slice(-3), { ...notice, id: this.#lastId }];
    return this.#lastId;
  }
}

export const notices = new Notices();
