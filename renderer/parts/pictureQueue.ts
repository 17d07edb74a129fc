import type { Attachment } from 'svelte/attachments';

/** More are asked for when some have come: what was scrolled away meanwhile is never asked for. */
const atOnce = 8;
const waiting: (() => void)[] = [];
let loading = 0;

function next(): void {
  while (loading < atOnce) {
    // The newest first: it is what is looked at now.
    const start = waiting.pop();
    if (start === undefined) return;
    loading += 1;
    start();
  }
}

/**
 * Loads a picture when its turn comes, and gives it up when its element goes: `<img {@attach queuedPicture(url)}>`.
 * The element gets the class `there` once the picture is there, `lost` where there is none.
 */
export function queuedPicture(url: string): Attachment<HTMLImageElement> {
  return (image) => {
    let state: 'waiting' | 'loading' | 'over' = 'waiting';
    const end = (): void => {
      if (state !== 'loading') return;
      state = 'over';
      loading -= 1;
      next();
    };
    const start = (): void => {
      state = 'loading';
      image.onload = () => {
        image.classList.add('there');
        end();
      };
      image.onerror = () => {
        image.classList.add('lost');
        end();
      };
      image.src = url;
    };
    waiting.push(start);
    // After all cells of a change are drawn.
    queueMicrotask(next);
    return () => {
      const at = waiting.indexOf(start);
      if (at >= 0) waiting.splice(at, 1);
      image.onload = image.onerror = null;
      image.classList.remove('there', 'lost');
      if (state === 'loading') image.removeAttribute('src');
      end();
    };
  };
}
