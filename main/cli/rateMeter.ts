/** How fast something goes, over the last seconds rather than from its start. */
export interface Rate {
  readonly perSecond: number;
  /** Infinity while nothing has been done yet. */
  readonly secondsLeft: number;
}

const windowMilliseconds = 10_000;

/** Returns a function to call with how much is done, out of how much. */
export function rateMeter(
  now: () => number = () => performance.now(),
): (done: number, total: number) => Rate {
  const samples: { readonly time: number; readonly done: number }[] = [];
  return (done, total) => {
    samples.push({ time: now(), done });
    while (samples.length > 2 && samples[samples.length - 1].time - samples[0].time > windowMilliseconds) {
      samples.shift();
    }
    const [first, last] = [samples[0], samples[samples.length - 1]];
    const seconds = (last.time - first.time) / 1000;
    const perSecond = seconds > 0 ? (last.done - first.done) / seconds : 0;
    return { perSecond, secondsLeft: perSecond > 0 ? (total - done) / perSecond : Infinity };
  };
}
