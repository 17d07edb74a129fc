import { setTimeout } from 'node:timers/promises';
import type { ProjectView } from '../../shared/contract/projectCommands.ts';
import type { Events } from './events.ts';

/** Time for the answer to a change to be drawn before the project is counted. */
const countedAfterMs = 250;

export interface FigureTeller {
  /** The figures have changed. */
  tellSoon(): void;
}

/**
 * Tells all doors the project's figures. Counting a large project takes a moment, in which nobody who labels is to be
 * slowed down: many changes are counted once, a little after the first of them, and again only after a pause as long as
 * the counting took.
 */
export function createFigureTeller(
  read: () => Promise<ProjectView | null>,
  events: Pick<Events, 'emitSoon'>,
): FigureTeller {
  let isTelling = false;
  let again = false;

  async function tell(): Promise<void> {
    let pause = countedAfterMs;
    while (again) {
      await setTimeout(pause, undefined, { ref: false });
      again = false;
      const start = performance.now();
      const project = await read().catch(() => null);
      if (project !== null) events.emitSoon('project', { kind: 'project', project });
      pause = Math.max(countedAfterMs, performance.now() - start);
    }
    isTelling = false;
  }

  return {
    tellSoon() {
      again = true;
      if (isTelling) return;
      isTelling = true;
      void tell();
    },
  };
}
