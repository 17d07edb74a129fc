/** Runs work when its turn comes; what was asked for last is done first. */
export type NewestFirst = <T>(work: () => Promise<T>) => Promise<T>;

/** For what is looked at now: whoever goes through images fast has no use for those before. */
export function newestFirst(atOnce: number): NewestFirst {
  const waiting: (() => void)[] = [];
  let running = 0;

  return async (work) => {
    if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      // The turn passes to the next who waits.
      const next = waiting.pop();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
