import type { AppEvent, Change } from '../../shared/contract/events.ts';

/** Who listens to the application. */
export interface Events {
  add(listener: (event: AppEvent) => void): () => void;
  emit(event: AppEvent): void;
  /** Says that tables have changed, at most every `mergedMs`: many at once are one event. */
  changed(...tables: readonly Change[]): void;
  /** A job's or a table's many changes are told a few times a second; `key` names what replaces what. */
  emitSoon(key: string, event: AppEvent): void;
  /** Tells what is still to be told, now. */
  flush(): void;
}

const mergedMs = 150;

export function createEvents(): Events {
  const listeners = new Set<(event: AppEvent) => void>();
  const soon = new Map<string, AppEvent>();
  const tables = new Set<Change>();
  let timer: NodeJS.Timeout | null = null;

  function emit(event: AppEvent): void {
    for (const listener of listeners) listener(event);
  }

  function flush(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const events = [...soon.values()];
    soon.clear();
    for (const event of events) emit(event);
    if (tables.size === 0) return;
    const changed = [...tables];
    tables.clear();
    emit({ kind: 'changed', tables: changed });
  }

  function schedule(): void {
    timer ??= setTimeout(flush, mergedMs);
  }

  return {
    add(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    emit,
    changed(...changed) {
      for (const table of changed) tables.add(table);
      schedule();
    },
    emitSoon(key, event) {
      soon.set(key, event);
      schedule();
    },
    flush,
  };
}
