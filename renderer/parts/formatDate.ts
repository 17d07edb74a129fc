const hour = 3_600_000;
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** Milliseconds since 1970 as `just now`, `20 minutes ago`, `yesterday`, then as a date. */
export function formatDate(time: number, now = Date.now()): string {
  const passed = now - time;
  if (passed < 60_000) return 'just now';
  if (passed < hour) return relative.format(-Math.round(passed / 60_000), 'minute');
  if (passed < 24 * hour) return relative.format(-Math.round(passed / hour), 'hour');
  if (passed < 7 * 24 * hour) return relative.format(-Math.round(passed / (24 * hour)), 'day');
  return new Date(time).toLocaleDateString('en', { day: 'numeric', month: 'short', year: 'numeric' });
}
