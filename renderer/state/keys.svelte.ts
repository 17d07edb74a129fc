import { untrack } from 'svelte';
import { keyName } from './keyName.ts';
import { settings } from './settings.svelte.ts';

/** Something that a key does. */
export interface KeyAction {
  /** Stable and unique, with its scope before it: `label.skip`. Rebindings are kept under it. */
  readonly name: string;
  /** For people, in the sheet of shortcuts: `Skip this image`. */
  readonly label: string;
  /** Names of the usual keys, see `keyName`. A rebinding replaces them all. */
  readonly keys: readonly string[];
  /** Whether holding the key down repeats it; arrows do, labels do not. */
  readonly repeats?: boolean;
  /** Where its key is changed instead, a clause for people, if it is not in the sheet of shortcuts. */
  readonly changedIn?: string;
  /** Return false to let the browser have the key after all. */
  run(event: KeyboardEvent): unknown;
}

/** A group of actions that are there together: those of a screen, or `Everywhere`. */
export interface KeyScope {
  /** Heading in the sheet of shortcuts. */
  readonly title: string;
  readonly actions: readonly KeyAction[];
}

/** Key bindings: by scope, rebindable, silent while somebody types, is in a dialog or a menu. */
class Keys {
  /** The innermost scope last: it has the first say. */
  scopes = $state.raw<readonly KeyScope[]>([]);

  constructor() {
    window.addEventListener('keydown', (event) => this.#press(event));
  }

  /** Adds a scope; returns a function that removes it: `$effect(() => keys.use({ … }))`. */
  use(scope: KeyScope): () => void {
    // Not read by the effect that calls this, or adding would run it again.
    this.scopes = [...untrack(() => this.scopes), scope];
    return () => {
      this.scopes = this.scopes.filter((other) => other !== scope);
    };
  }

  /** The keys of an action as they are now. */
  of(action: Pick<KeyAction, 'name' | 'keys' | 'changedIn'>): readonly string[] {
    // Its keys are kept where they are changed.
    if (action.changedIn !== undefined) return action.keys;
    const own = settings.values.keys[action.name];
    if (own === undefined) return action.keys;
    return own === null ? [] : [own];
  }

  /** The first key of the action of that name, to be shown on its button; null when it has none. */
  hint(name: string): string | null {
    const action = this.#all.find((other) => other.name === name);
    return action === undefined ? null : (this.of(action)[0] ?? null);
  }

  /** Other actions that are there at the same time and have this key already. */
  conflicts(action: KeyAction, key: string): readonly KeyAction[] {
    return this.#all.filter((other) => other.name !== action.name && this.of(other).includes(key));
  }

  /** Gives an action another key (null: none). Those that had it lose it. */
  rebind(action: KeyAction, key: string | null): Promise<void> {
    const taken = key === null ? [] : this.conflicts(action, key);
    return settings.change({
      keys: {
        ...settings.values.keys,
        ...Object.fromEntries(taken.map((other) => [other.name, null])),
        [action.name]: key,
      },
    });
  }

  isRebound(action: KeyAction): boolean {
    return action.changedIn === undefined && settings.values.keys[action.name] !== undefined;
  }

  /** Back to the usual keys, of one action or of all. */
  restore(action?: KeyAction): Promise<void> {
    const kept = Object.entries(settings.values.keys).filter(([name]) => action && name !== action.name);
    return settings.change({ keys: Object.fromEntries(kept) });
  }

  get #all(): readonly KeyAction[] {
    return this.scopes.flatMap((scope) => scope.actions);
  }

  #press(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing) return;
    const key = keyName(event);
    if (key === null || isMuted(event.target, key)) return;
    for (const scope of this.scopes.toReversed()) {
      const action = scope.actions.find((one) => this.of(one).includes(key));
      if (action === undefined) continue;
      if (event.repeat && action.repeats !== true) event.preventDefault();
      else if (action.run(event) !== false) event.preventDefault();
      return;
    }
  }
}

const textInputs = new Set(['text', 'search', 'number', 'email', 'url', 'password', 'date', 'time']);

/** Whether a key belongs to what has the focus and not to the screen. */
function isMuted(target: EventTarget | null, key: string): boolean {
  if (document.querySelector('dialog[open]') !== null) return true;
  // A dialog that closed gives its focus away a moment later.
  if (!(target instanceof HTMLElement) || target.closest('dialog') !== null) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true;
  if (target instanceof HTMLSelectElement) return true;
  if (target instanceof HTMLInputElement && textInputs.has(target.type)) return true;
  if (key === 'Enter' || key === 'Space') return target.matches('button, a, input, summary, [role="button"]');
  if (!key.startsWith('Arrow') && key !== 'Home' && key !== 'End') return false;
  return (
    target.matches('input') || target.closest('[role="menu"], [role="slider"], [role="tablist"]') !== null
  );
}

export const keys = new Keys();
