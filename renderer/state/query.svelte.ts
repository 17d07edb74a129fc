import { untrack } from 'svelte';
import { errorToPlain, type PlainError } from '../../shared/errors.ts';
import { api } from '../api.ts';
import { connection } from './connection.svelte.ts';
import type { Change } from '../../shared/contract/events.ts';

/**
 * Something read from the application that stays up to date: read when its component appears, again when anything
 * reactive that `read` looks at changes, when one of `tables` changes, and after a lost connection. What was there
 * stays in `data` while it is read again, so that nothing jumps. Make it while a component initialises.
 */
export class Query<T> {
  data = $state.raw<T | undefined>(undefined);
  error = $state.raw<PlainError | null>(null);
  loading = $state(true);
  readonly #read: () => Promise<T>;
  #turn = 0;

  /**
   * @param laterMs so long after a change it is read anew, once for all changes until then: for what must not be in the
   *   way of what the person does next
   */
  constructor(read: () => Promise<T>, tables: readonly Change[] = [], laterMs = 0) {
    this.#read = read;
    $effect(() => {
      if (connection.openings > 0) void this.refresh();
    });
    $effect(() => {
      let timer: ReturnType<typeof setTimeout> | null = null;
      const refresh = (): void => {
        timer = null;
        void untrack(() => this.refresh());
      };
      const off = api.on('changed', (event) => {
        if (!event.tables.some((table) => tables.includes(table))) return;
        if (laterMs === 0) refresh();
        else timer ??= setTimeout(refresh, laterMs);
      });
      return () => {
        off();
        if (timer !== null) clearTimeout(timer);
      };
    });
  }

  /** Reads now. An answer that comes after that of a later reading is dropped. */
  async refresh(): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    const reading = this.#read();
    this.loading = true;
    try {
      const data = await reading;
      if (turn !== this.#turn) return;
      this.data = data;
      this.error = null;
    } catch (error) {
      if (turn === this.#turn) this.error = errorToPlain(error);
    }
    if (turn === this.#turn) this.loading = false;
  }
}
