const waiting = new Map<string, () => void>();

/** Does something when what has just changed is painted. Of several under one name before that, the last. */
export function afterPaint(name: string, work: () => void): void {
  if (!waiting.has(name)) {
    // The frame is painted after its callbacks, so that what follows it comes after the paint.
    requestAnimationFrame(() => setTimeout(() => run(name), 0));
  }
  waiting.set(name, work);
}

function run(name: string): void {
  const work = waiting.get(name);
  waiting.delete(name);
  work?.();
}
