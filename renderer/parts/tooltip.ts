import type { Attachment } from 'svelte/attachments';

const delay = 450;
let bubble: HTMLElement | null = null;
let owner: Element | null = null;

/**
 * Shows words beside an element while it is pointed at or has the keyboard's focus: `{@attach tooltip('Undo')}`.
 * Only for what can be done without: its text is a description to screen readers, never the element's name.
 */
export function tooltip(text: string | null | undefined, describes = true): Attachment<HTMLElement> {
  return (element) => {
    if (text === null || text === undefined || text === '') return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = (): void => place(element, text);
    const hide = (): void => {
      clearTimeout(timer);
      if (owner === element) hideBubble();
    };
    const later = (): void => {
      clearTimeout(timer);
      timer = setTimeout(show, delay);
    };
    const focus = (): void => {
      if (element.matches(':focus-visible')) show();
    };
    const escape = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') hide();
    };
    const stop = new AbortController();
    const { signal } = stop;
    element.addEventListener('pointerenter', later, { signal });
    element.addEventListener('pointerleave', hide, { signal });
    element.addEventListener('pointerdown', hide, { signal });
    element.addEventListener('focus', focus, { signal });
    element.addEventListener('blur', hide, { signal });
    element.addEventListener('keydown', escape, { signal });
    if (describes) element.setAttribute('aria-description', text);
    return () => {
      stop.abort();
      hide();
      element.removeAttribute('aria-description');
    };
  };
}

function place(element: HTMLElement, text: string): void {
  bubble ??= makeBubble();
  owner = element;
  bubble.textContent = text;
  // In the top layer of an open dialog, or it would lie behind it.
  (element.closest('dialog') ?? document.body).append(bubble);
  bubble.showPopover();
  const at = element.getBoundingClientRect();
  const own = bubble.getBoundingClientRect();
  const left = Math.min(Math.max(8, at.left + at.width / 2 - own.width / 2), innerWidth - own.width - 8);
  const above = at.top - own.height - 6;
  bubble.style.left = `${left}px`;
  bubble.style.top = `${above < 4 ? at.bottom + 6 : above}px`;
}

function hideBubble(): void {
  owner = null;
  bubble?.remove();
}

function makeBubble(): HTMLElement {
  const made = document.createElement('div');
  made.className = 'tooltip';
  made.popover = 'manual';
  // The element carries the text as its description already.
  made.setAttribute('aria-hidden', 'true');
  return made;
}
