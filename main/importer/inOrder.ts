/**
 * Maps `items` by `work` with at most `limit` in flight, and hands the results out in the order of the items.
 * When the consumer stops early no new ones are started, and those in flight are waited for.
 * @throws what `work` throws
 */
export async function* inOrder<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const inFlight: Promise<R>[] = [];
  let next = 0;
  const fill = (): void => {
    while (inFlight.length < limit && next < items.length) {
      const started = work(items[next]);
      // Awaited in its turn; until then a failure must not count as unhandled.
      started.catch(() => undefined);
      inFlight.push(started);
      next += 1;
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
