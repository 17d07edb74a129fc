import { addressOf, movedWithin, queryOf, screenOf, type RouteQuery, type Screen } from './routeAddress.ts';

/** Where in the application the window is, kept in the address (`#/images?class=3`) so that a reload comes back. */
class Route {
  #hash = $state(location.hash);

  constructor() {
    window.addEventListener('hashchange', () => {
      this.#hash = location.hash;
    });
  }

  get screen(): Screen {
    return screenOf(this.#hash);
  }

  get query(): URLSearchParams {
    return queryOf(this.#hash);
  }

  /** The address of a screen, for links. */
  href(screen: Screen, query: RouteQuery = {}): string {
    return addressOf(screen, query);
  }

  /** Goes to a screen; the way back leads here. */
  go(screen: Screen, query: RouteQuery = {}): void {
    location.hash = addressOf(screen, query);
  }

  /**
   * Changes the place within a screen without a step in the history: for filters and the like. Nothing happens when
   * the window is on its way to another screen: its address has changed already, the event that tells has not come.
   */
  replace(screen: Screen, query: RouteQuery): void {
    const address = movedWithin(location.hash, screen, query);
    if (address === null) return;
    history.replaceState(null, '', address);
    this.#hash = address;
  }
}

export const route = new Route();
