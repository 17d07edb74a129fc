import type { RouteQuery } from './routeQuery.ts';

export const screens = ['start', 'images', 'pretrain', 'label', 'train', 'export'] as const;
export type Screen = (typeof screens)[number];

/** Where in the application the window is, kept in the address (`#/images?class=3`) so that a reload comes back. */
class Route {
  #hash = $state(location.hash);

  constructor() {
    window.addEventListener('hashchange', () => {
      this.#hash = location.hash;
    });
  }

  get screen(): Screen {
    const name = this.#hash.replace(/^#\/?/, '').split('?')[0];
    return screens.find((screen) => screen === name) ?? 'start';
  }

  get query(): URLSearchParams {
    return new URLSearchParams(this.#hash.split('?')[1] ?? '');
  }

  /** The address of a screen, for links. */
  href(screen: Screen, query: RouteQuery = {}): string {
    const entries = Object.entries(query).filter(([, value]) => value !== null && value !== undefined);
    const search = new URLSearchParams(entries.map(([name, value]) => [name, String(value)])).toString();
    return `#/${screen}${search === '' ? '' : `?${search}`}`;
  }

  /** Goes to a screen; the way back leads here. */
  go(screen: Screen, query: RouteQuery = {}): void {
    location.hash = this.href(screen, query);
  }

  /** Changes the place within the screen without a step in the history: for filters and the like. */
  replace(query: RouteQuery): void {
    const href = this.href(this.screen, { ...Object.fromEntries(this.query), ...query });
    history.replaceState(null, '', href);
    this.#hash = href;
  }
}

export const route = new Route();
