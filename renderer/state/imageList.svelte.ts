import { untrack } from 'svelte';
import { errorToPlain, type PlainError } from '../../shared/errors.ts';
import { api } from '../api.ts';
import { connection } from './connection.svelte.ts';
import { growsAtEnd } from './growsAtEnd.ts';
import {
  chosenOf,
  inverted,
  isSelected,
  noSelection,
  selectAll,
  selectedCount,
  withImages,
  type ImageSelection,
} from './imageSelection.ts';
import { PageCache, pageRows, pagesAt } from './pageCache.ts';
import type { ChosenImages } from '../../shared/contract/imageCommands.ts';
import type { ImageQuery, ImageWindow, WindowRow } from '../../shared/imageWindow.ts';
import type { ImageId } from '../../shared/records.ts';

/** While an import runs, rows come many times a second. */
const lookAgainMs = 600;

/**
 * A list of images, read a window at a time: its rows as far as they are known, the image that the keyboard is at, and
 * the selection. Positions stay what they were when images come or labels change; only what is added at the end of the
 * list joins it by itself. Make it while a component initialises.
 */
export class ImageList {
  query = $state.raw<ImageQuery>({ filter: { show: 'all' }, sort: 'imported' });
  total = $state(0);
  /** False until the first window of this query has come. */
  known = $state(false);
  error = $state.raw<PlainError | null>(null);
  /** Images of this query now, where the list no longer is as it would be made today; else null. */
  newTotal = $state<number | null>(null);
  selection = $state.raw<ImageSelection>(noSelection);
  /** The position that the keyboard is at. */
  cursor = $state(0);
  /** Grows when the grid is to show the cursor. */
  reveals = $state(0);
  /** As the grid is laid out at present. */
  columns = $state(1);
  rowsInView = $state(1);

  readonly #pages = new PageCache<WindowRow>();
  /** Grows when rows have come: what draws them reads it. */
  #version = $state(0);
  #order: string | null = null;
  #anchor = 0;
  #wanted: readonly number[] = [];
  /** Answers to what was asked before the list was another one are dropped. */
  #turn = 0;
  #lookTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(query?: ImageQuery) {
    if (query !== undefined) this.query = query;
    $effect(() =>
      api.on('changed', ({ tables }) => {
        if (tables.includes('images')) this.#lookSoon();
        if (tables.includes('labels') || tables.includes('images')) this.#readAgain();
      }),
    );
    $effect(() => {
      if (connection.openings > 0) untrack(() => this.#reconnect());
    });
    $effect(() => () => clearTimeout(this.#lookTimer));
  }

  /** The image at a position; null while it is on its way. */
  row(position: number): WindowRow | null {
    void this.#version;
    return this.#pages.row(position);
  }

  /** Says what is looked at: it is read, with a page behind it; what was asked for and is no longer seen is not. */
  look(first: number, end: number): void {
    this.#wanted = pagesAt(
      first,
      end,
      untrack(() => this.total),
    );
    this.#load();
  }

  /** Lists something else, from its start. */
  setQuery(query: ImageQuery): void {
    if (JSON.stringify(query) === JSON.stringify(this.query)) return;
    if (JSON.stringify(query.filter) !== JSON.stringify(this.query.filter)) this.selection = noSelection;
    this.query = query;
    this.known = false;
    this.cursor = this.#anchor = 0;
    this.#forget();
    this.#wanted = [0];
    this.#load();
  }

  /** Makes the list anew, as its query finds it now; the cursor stays at its image where that is still in it. */
  async refresh(): Promise<void> {
    const id = this.row(this.cursor)?.id;
    const total = this.newTotal ?? this.total;
    if (this.selection.kind === 'all') {
      this.selection = this.selection.except.size === 0 ? selectAll(total) : noSelection;
    }
    this.#forget();
    this.#load();
    if (id !== undefined) {
      const position = await api.call('images.position', { query: this.query, id }).catch(() => -1);
      this.moveTo(Math.max(0, position));
    }
  }

  /** Where an image is in this list; -1 where it is not. */
  positionOf(id: ImageId): Promise<number> {
    return api.call('images.position', { query: this.query, id, ...this.#inOrder() });
  }

  /** Moves the cursor; `extend` selects from where the selection was begun. */
  moveTo(position: number, { extend = false, select = false } = {}): void {
    this.cursor = Math.max(0, Math.min(position, this.total - 1));
    this.reveals += 1;
    if (extend) void this.selectRange(this.#anchor, this.cursor);
    else {
      this.#anchor = this.cursor;
      if (select) this.#selectOnly(this.cursor);
    }
  }

  /** A press on an image, as in file managers. */
  press(position: number, { toggle, extend }: { readonly toggle: boolean; readonly extend: boolean }): void {
    this.cursor = position;
    if (extend) {
      void this.selectRange(this.#anchor, position);
      return;
    }
    this.#anchor = position;
    if (toggle) this.toggle(position);
    else this.#selectOnly(position);
  }

  toggle(position: number): void {
    const id = this.row(position)?.id;
    if (id === undefined) return;
    this.#anchor = position;
    this.selection = withImages(this.selection, [id], !isSelected(this.selection, id, position));
  }

  /** Selects these positions and nothing else, also where their rows are not known yet. */
  async selectRange(from: number, to: number): Promise<void> {
    const [start, end] = from < to ? [from, to] : [to, from];
    const known = this.#pages.rows(start, end + 1);
    if (known !== null) {
      const ids = known.map(({ id }) => id);
      this.selection = withImages(noSelection, ids, true);
      return;
    }
    const turn = this.#turn;
    const request = { query: this.query, start, count: end - start + 1, ...this.#inOrder() };
    try {
      const ids = await api.call('images.ids', request);
      if (turn === this.#turn) this.selection = withImages(noSelection, ids, true);
    } catch (error) {
      this.error = errorToPlain(error);
    }
  }

  selectAll = (): void => {
    this.selection = this.total > 0 ? selectAll(this.total) : noSelection;
  };

  selectNone = (): void => {
    this.selection = noSelection;
  };

  invert = (): void => {
    this.selection = inverted(this.selection, this.total);
  };

  isSelected(id: ImageId, position: number): boolean {
    return isSelected(this.selection, id, position);
  }

  get selectedCount(): number {
    return selectedCount(this.selection);
  }

  /** The selection, for a command. */
  get chosen(): ChosenImages {
    return chosenOf(this.selection, this.query, this.#order);
  }

  #selectOnly(position: number): void {
    const id = this.row(position)?.id;
    if (id !== undefined) this.selection = withImages(noSelection, [id], true);
  }

  #inOrder(): { order?: string } {
    return this.#order === null ? {} : { order: this.#order };
  }

  #forget(): void {
    this.#turn += 1;
    this.#pages.forget();
    this.#order = null;
    this.newTotal = null;
  }

  #reconnect(): void {
    // Orders live as long as the server: positions of another one would be those of other images.
    this.#pages.forgetLoading();
    this.#turn += 1;
    this.#order = null;
    this.#readAgain();
    if (this.#wanted.length === 0) this.#wanted = [0];
    this.#load();
  }

  /** What is shown is read again; it stays until then. */
  #readAgain(): void {
    this.#pages.outdateAll();
    this.#load();
  }

  #load(): void {
    const total = untrack(() => this.total);
    const isOpen = untrack(() => this.known);
    for (const page of this.#wanted) {
      if (this.#pages.isBusy) return;
      const isBehindEnd = isOpen && page > 0 && page * pageRows >= total;
      if (this.#pages.isDue(page) && !isBehindEnd) void this.#read(page);
    }
  }

  async #read(page: number): Promise<void> {
    const turn = this.#turn;
    const order = this.#order;
    this.#pages.begin(page);
    const request = { query: untrack(() => this.query), start: page * pageRows, count: pageRows };
    try {
      const window = await api.call('images.window', { ...request, ...this.#inOrder() });
      if (turn !== this.#turn) return;
      // What was asked for in an order that has grown meanwhile is asked for again: it would take the list back.
      if (order === this.#order || window.order === this.#order) this.#take(page, window);
      else this.#pages.outdate(page);
      this.error = null;
    } catch (error) {
      if (turn === this.#turn) this.error = errorToPlain(error);
      return;
    } finally {
      if (turn === this.#turn) this.#pages.end(page);
    }
    this.#load();
  }

  #take(page: number, window: ImageWindow): void {
    if (this.#order !== null && window.order !== this.#order) {
      // The order that was asked for is no longer kept: the positions of other pages are not those of this one.
      this.#pages.outdateAll();
    }
    this.#order = window.order;
    this.total = window.total;
    this.known = true;
    this.#pages.keep(page, window.rows);
    if (window.stale) this.#lookSoon();
    else this.newTotal = null;
    this.#version += 1;
  }

  #lookSoon(): void {
    this.#lookTimer ??= setTimeout(
      () => {
        this.#lookTimer = undefined;
        void this.#lookForMore();
      },
      untrack(() => this.total) === 0 ? 0 : lookAgainMs,
    );
  }

  async #lookForMore(): Promise<void> {
    const turn = this.#turn;
    try {
      const newest = await api.call('images.window', { query: this.query, start: 0, count: 1 });
      if (turn !== this.#turn || newest.order === this.#order) return;
      if (growsAtEnd(this.query) || this.total === 0) this.#grow(newest);
      else this.newTotal = newest.total;
    } catch {
      // Only a look: the next change, or a new connection, looks again.
    }
  }

  #grow({ order, total }: ImageWindow): void {
    this.#order = order;
    // The page that was not full has more rows now.
    const last = Math.floor(this.total / pageRows);
    if (total > this.total) this.#pages.outdate(last);
    this.total = total;
    this.#load();
  }
}
