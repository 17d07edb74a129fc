/**
 * Runs in the page (`addInitScript`): what a bench needs to know that happens between two frames. A script, since the
 * tests' own types know of no page.
 */
globalThis.probe = { waitForPictures, firstPaint, jumpTo, turnWheel, waitForEcho };

const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));

/** Whether each place of the grid that is seen shows its picture. */
function isFull() {
  const list = document.querySelector('[role="listbox"]');
  if (list === null) return false;
  const view = list.getBoundingClientRect();
  const seen = [...list.querySelectorAll('[role="option"]')].filter((cell) => {
    const { top, bottom } = cell.getBoundingClientRect();
    return bottom > view.top && top < view.bottom;
  });
  return seen.length > 0 && seen.every((cell) => cell.querySelector('img.there, .unreadable') !== null);
}

/** Milliseconds from the start of the navigation until all pictures in view are drawn. */
async function waitForPictures() {
  while (!isFull()) await nextFrame();
  return performance.now();
}

function firstPaint() {
  return performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN;
}

/** Scrolls to a share of the list. @returns the time until the view is full, and all frames until then or 12 of them */
async function jumpTo(share) {
  const list = document.querySelector('[role="listbox"]');
  let last = await nextFrame();
  const start = performance.now();
  list.scrollTop = share * (list.scrollHeight - list.clientHeight);
  const frames = [];
  let full = null;
  while (full === null || frames.length < 12) {
    const now = await nextFrame();
    frames.push(now - last);
    last = now;
    // The first frame still shows what was there.
    if (full === null && frames.length > 1 && isFull()) full = performance.now() - start;
  }
  return { frames, full };
}

/** Turns the wheel by a sixth of the view in each frame. */
async function turnWheel(count) {
  const list = document.querySelector('[role="listbox"]');
  const frames = [];
  let last = await nextFrame();
  for (let i = 0; i < count; i += 1) {
    const deltaY = list.clientHeight / 6;
    const isLeft = list.dispatchEvent(new WheelEvent('wheel', { deltaY, bubbles: true, cancelable: true }));
    if (isLeft) list.scrollTop += deltaY;
    const now = await nextFrame();
    frames.push(now - last);
    last = now;
  }
  return frames;
}

/** Milliseconds from the next key to the frame after the one in which the screen for labelling has gone on. */
function waitForEcho() {
  const asked = () => document.querySelector('.workbench.label .path')?.textContent;
  return new Promise((resolve) => {
    const before = asked();
    let pressed = null;
    addEventListener('keydown', (event) => (pressed = event.timeStamp), { once: true, capture: true });
    const observer = new MutationObserver(() => {
      if (pressed === null || asked() === before) return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - pressed), 0));
    });
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
  });
}
