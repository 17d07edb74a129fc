import { api } from '../api.ts';
import { connection } from './connection.svelte.ts';
import { notices } from './notices.svelte.ts';
import type { Settings } from '../../shared/contract/settingsCommands.ts';

/** What a person has set for all projects; kept by the application, alike in all of its windows. */
class SettingsState {
  values = $state.raw<Settings>({ theme: 'system', keys: {}, projectsFolder: '', advance: true });

  constructor() {
    api.on('settings', (event) => {
      this.values = event.settings;
    });
    $effect.root(() => {
      $effect(() => {
        if (connection.openings > 0) void this.#read();
      });
      $effect(() => {
        document.documentElement.dataset['theme'] = this.values.theme;
      });
    });
  }

  /** Shown at once, then kept; taken back where it cannot be kept. */
  async change(change: Partial<Settings>): Promise<void> {
    const before = this.values;
    this.values = { ...before, ...change };
    try {
      this.values = await api.call('settings.change', change);
    } catch (error) {
      this.values = before;
      notices.fail(error);
    }
  }

  async #read(): Promise<void> {
    try {
      this.values = await api.call('settings.read');
    } catch (error) {
      notices.fail(error);
    }
  }
}

export const settings = new SettingsState();
