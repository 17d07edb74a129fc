export const screens = ['start', 'images', 'pretrain', 'label', 'train', 'export'] as const;
export type Screen = (typeof screens)[number];

/** Names and numbers that a screen needs to come back to the same place: filters, the open image, a run. */
export type RouteQuery = Readonly<Record<string, string | number | null | undefined>>;

/** The screen that an address (`#/images?class=3`) names; the first one where it names none. */
export function screenOf(hash: string): Screen {
  const name = hash.replace(/^#\/?/, '').split('?')[0];
  return screens.find((screen) => screen === name) ?? 'start';
}

export function queryOf(hash: string): URLSearchParams {
  return new URLSearchParams(hash.split('?')[1] ?? '');
}

/** The address of a screen, at a place in it. */
export function addressOf(screen: Screen, query: RouteQuery = {}): string {
  const entries = Object.entries(query).filter(([, value]) => value !== null && value !== undefined);
  const texts = entries.map(([name, value]): [string, string] => [name, String(value)]);
  const search = new URLSearchParams(texts).toString();
  return `#/${screen}${search === '' ? '' : `?${search}`}`;
}

/** The address with another place in `screen`; null when it is of another screen. */
export function movedWithin(hash: string, screen: Screen, query: RouteQuery): string | null {
  if (screenOf(hash) !== screen) return null;
  return addressOf(screen, { ...Object.fromEntries(queryOf(hash)), ...query });
}
