const known = new Map<string, string>();
const listeners = new Set<() => void>();
let probe: HTMLElement | null = null;

/** A colour of tokens.css as canvas understands it: `cssColour('--accent')` in the theme of the page. */
export function cssColour(token: string): string {
  const found = known.get(token);
  if (found !== undefined) return found;
  probe ??= makeProbe();
  probe.style.color = `var(${token})`;
  const colour = getComputedStyle(probe).color;
  known.set(token, colour);
  return colour;
}

/** Calls when colours have become others; returns a function that stops it. */
export function onThemeChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function makeProbe(): HTMLElement {
  const made = document.createElement('span');
  made.hidden = true;
  document.body.append(made);
  const forget = (): void => {
    known.clear();
    for (const listener of listeners) listener();
  };
  new MutationObserver(forget).observe(document.documentElement, { attributeFilter: ['data-theme'] });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', forget);
  return made;
}
