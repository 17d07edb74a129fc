/**
 * Maps `items` by `work` with at most `limit` in flight, and hands the results out in the order of the items.
 * When the consumer stops early no new ones are started, and those in flight are waited for.
 * @throws what `work` throws
 */
export async function* inOrder<T, R>(
  items: Iterable<T>,
  limit: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const inFlight: Promise<R>[] = [];
  const iterator = items[Symbol.iterator]();
  const fill = (): void => {
    while (inFlight.length < limit) {
      const next = iterator.next();
      if (next.done === true) return;
      const started = work(next.value);
      // Awaited in its turn; until then a failure must not count as unhandled.
      started.catch(() => undefined);
      inFlight.push(started);
    }
  };
  try {
    fill();
    for (let first = inFlight.shift(); first !== undefined; first = inFlight.shift()) {
      const result = await first;
      fill();
      yield result;
    }
  } finally {
    await Promise.allSettled(inFlight);
  }
}
