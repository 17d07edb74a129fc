import type { AppEvent } from '../../shared/contract/events.ts';

/** A connection as the outbox sees it. */
export interface EventLine {
  /** Whether it takes more right now; one that is behind is told less, not later. */
  isBehind(): boolean;
  send(event: AppEvent): void;
}

export interface EventOutbox {
  push(event: AppEvent): void;
  /** To be called when the line has sent something: sends what waits, as far as the line takes it. */
  flush(): void;
}

/**
 * What a client that does not keep up is told: of what replaces what (a job's reports, the project's figures) only the
 * newest, of changed tables each once. So what waits is bounded, whatever the application says.
 */
export function createEventOutbox(line: EventLine): EventOutbox {
  const waiting = new Map<string, AppEvent>();

  function keep(event: AppEvent): void {
    const key = keyOf(event);
    const before = waiting.get(key);
    // At the end, in its own place in time.
    waiting.delete(key);
    waiting.set(key, before === undefined ? event : merge(before, event));
    // A report of training is one of a series that the run's table keeps: whoever misses some reads it again.
    if (before?.kind === 'training') keep({ kind: 'changed', tables: ['runs'] });
  }

  function flush(): void {
    for (const [key, event] of waiting) {
      if (line.isBehind()) return;
      waiting.delete(key);
      line.send(event);
    }
  }

  return {
    push(event) {
      keep(event);
      flush();
    },
    flush,
  };
}

/** Events with the same key replace each other. */
function keyOf(event: AppEvent): string {
  switch (event.kind) {
    case 'job':
      return `job ${event.job.id}`;
    case 'job-gone':
      return `job ${event.id}`;
    case 'training':
      return `training ${event.runId} ${event.event.kind}`;
    default:
      return event.kind;
  }
}

function merge(before: AppEvent, event: AppEvent): AppEvent {
  if (before.kind !== 'changed' || event.kind !== 'changed') return event;
  return { kind: 'changed', tables: [...new Set([...before.tables, ...event.tables])] };
}
