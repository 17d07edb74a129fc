/** Rows that are read at a time. */
export const pageRows = 200;
const pagesKept = 60;
const atOnce = 2;

/**
 * Rows of a long list as far as they have been read, a page at a time, and which pages are being read or must be read
 * again. Plain data: who shows it says when it has changed.
 */
export class PageCache<Row> {
  readonly #pages = new Map<number, readonly Row[]>();
  readonly #loading = new Set<number>();
  readonly #outdated = new Set<number>();

  /** The row at a position; null while it is not known. */
  row(position: number): Row | null {
    return this.#pages.get(Math.floor(position / pageRows))?.[position % pageRows] ?? null;
  }

  /** The rows from `start` up to but without `end`; null where one is not known, or where they are more than two pages. */
  rows(start: number, end: number): readonly Row[] | null {
    if (end - start > 2 * pageRows) return null;
    const rows: Row[] = [];
    for (let position = start; position < end; position += 1) {
      const row = this.row(position);
      if (row === null) return null;
      rows.push(row);
    }
    return rows;
  }

  /** Whether a page has to be read, and is not being read. */
  isDue(page: number): boolean {
    return (!this.#pages.has(page) || this.#outdated.has(page)) && !this.#loading.has(page);
  }

  /** Whether as many pages are being read as may be at once. */
  get isBusy(): boolean {
    return this.#loading.size >= atOnce;
  }

  begin(page: number): void {
    this.#loading.add(page);
    this.#outdated.delete(page);
  }

  end(page: number): void {
    this.#loading.delete(page);
  }

  /** Keeps what has come; the pages that came longest ago make room. */
  keep(page: number, rows: readonly Row[]): void {
    this.#pages.delete(page);
    this.#pages.set(page, rows);
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= pagesKept) break;
      this.#pages.delete(oldest);
    }
  }

  /** It is read again, and shown as it is until then. */
  outdate(page: number): void {
    this.#outdated.add(page);
  }

  outdateAll(): void {
    for (const page of this.#pages.keys()) this.#outdated.add(page);
  }

  /** What is being read will not come. */
  forgetLoading(): void {
    this.#loading.clear();
  }

  forget(): void {
    this.#pages.clear();
    this.#loading.clear();
    this.#outdated.clear();
  }
}

/** The pages that rows from `first` up to `end` lie on, and the one behind them where the list of `total` goes on. */
export function pagesAt(first: number, end: number, total: number): readonly number[] {
  const pages: number[] = [];
  const last = Math.floor(Math.max(first, end - 1) / pageRows);
  for (let page = Math.floor(first / pageRows); page <= last; page += 1) pages.push(page);
  if ((last + 1) * pageRows < total) pages.push(last + 1);
  return pages;
}
