/** What is looked at of a keyboard event. */
export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

const loneModifiers = new Set([
  'Control',
  'Meta',
  'Alt',
  'AltGraph',
  'Shift',
  'Dead',
  'Process',
  'Unidentified',
]);

/**
 * The name of what was pressed: `A`, `1`, `Shift+1`, `Mod+Shift+Z`, `ArrowLeft`, `Space`, `?`. `Mod` is Ctrl, or Cmd on
 * a Mac. Digits are told by their place, so that they work on layouts that need Shift for them; other signs by what
 * they print, with Shift left out. Null for a modifier on its own.
 */
export function keyName(press: KeyPress): string | null {
  if (loneModifiers.has(press.key)) return null;
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(press.code)?.[1];
  const printsSign = digit === undefined && /^[^\p{L}\d\s]$/u.test(press.key);
  const parts = [
    press.ctrlKey || press.metaKey ? 'Mod' : null,
    press.altKey && !printsSign ? 'Alt' : null,
    press.shiftKey && !printsSign ? 'Shift' : null,
    digit ?? baseName(press.key),
  ];
  return parts.filter((part) => part !== null).join('+');
}

function baseName(key: string): string {
  if (key === ' ') return 'Space';
  return key.length === 1 ? key.toUpperCase() : key;
}

const shown: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
  Delete: 'Del',
  PageUp: 'Page ↑',
  PageDown: 'Page ↓',
};

/** The caps to draw for a key's name: `Mod+Z` gives `Ctrl`, `Z`, or `⌘`, `Z` on a Mac. */
export function keyCaps(name: string, mac: boolean): readonly string[] {
  const parts = name.endsWith('++') ? [...name.slice(0, -2).split('+'), '+'] : name.split('+');
  return (name === '+' ? ['+'] : parts).map((part) => {
    if (part === 'Mod') return mac ? '⌘' : 'Ctrl';
    if (part === 'Alt') return mac ? '⌥' : 'Alt';
    if (part === 'Shift') return mac ? '⇧' : 'Shift';
    return shown[part] ?? part;
  });
}
