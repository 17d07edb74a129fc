const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** `12345.6` as `12,346`; with `digits` after the point as many, always. */
export function formatNumber(value: number, digits = 0): string {
  const text =
    digits === 0
      ? whole.format(value)
      : value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  // A minus as wide as a plus, which a line is not broken at.
  return text.replace('-', '−');
}

/** A share (0 … 1) in percent. What is not quite all or not quite none is never rounded to it. */
export function formatPercent(share: number, digits = 0): string {
  const step = 10 ** -digits;
  const percent = share * 100;
  const held = share > 0 && share < 1 ? Math.min(100 - step, Math.max(step, percent)) : percent;
  return `${formatNumber(held, digits)} %`;
}

/** `formatCount(1, 'image')` is `1 image`, of 2 `2 images`; other plurals are given. */
export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${whole.format(count)} ${count === 1 ? one : many}`;
}
