import { api } from '../api.ts';
import type { ConnectionState } from '../transport/transport.ts';

/** Whether the application can be reached, and how often the way to it was opened anew. */
class Connection {
  state = $state<ConnectionState>('reconnecting');
  /** Grows with each opening: what was read before an opening may be out of date. */
  openings = $state(0);

  constructor() {
    api.onState((state) => {
      this.state = state;
      if (state === 'open') this.openings += 1;
    });
  }

  get isOpen(): boolean {
    return this.state === 'open';
  }
}

export const connection = new Connection();
