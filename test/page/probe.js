/**
 * Runs in the page (`addInitScript`): what a bench needs to know that happens between two frames. A script, since the
 * tests' own types know of no page. Whatever it waits for it gives up after `limitMs`, and says what was there instead.
 */
globalThis.probe = { waitForPictures, waitForFirstPictures, firstPaint, jumpTo, turnWheel, waitForEcho };

const limitMs = 60_000;

const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));

/** Also where no frame is drawn any more. */
function within(work, what, ms = limitMs) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not come in ${ms / 1000} s: ${seen()}`)), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** What somebody who looks at the page would say. */
function seen() {
  const { drawn, places } = pictures();
  const words = document.querySelector('main')?.innerText.replaceAll(/\s+/g, ' ').slice(0, 300) ?? 'no page';
  return `${drawn} of ${places} places show a picture, at ${location.hash}, ${document.visibilityState}: ${words}`;
}

/** The places of the grid that are in view, and those of them that show what they have. */
function pictures() {
  const list = document.querySelector('[role="listbox"]');
  if (list === null) return { drawn: 0, places: 0 };
  const view = list.getBoundingClientRect();
  const inView = [...list.querySelectorAll('[role="option"]')].filter((cell) => {
    const { top, bottom } = cell.getBoundingClientRect();
    return bottom > view.top && top < view.bottom;
  });
  const drawn = inView.filter((cell) => cell.querySelector('img.there, img.lost, .unreadable') !== null);
  return { drawn: drawn.length, places: inView.length };
}

function isFull() {
  const { drawn, places } = pictures();
  return places > 0 && drawn === places;
}

/** Milliseconds from the start of the navigation until all pictures in view are drawn. */
function waitForPictures() {
  const filled = async () => {
    while (!isFull()) await nextFrame();
    return performance.now();
  };
  return within(filled(), 'a window full of pictures');
}

/** Milliseconds from the next click until the first picture is drawn, and until the window is full of them. */
function waitForFirstPictures() {
  const drawn = async () => {
    const clicked = await new Promise((resolve) =>
      addEventListener('click', (event) => resolve(event.timeStamp), { once: true, capture: true }),
    );
    while (document.querySelector('[role="listbox"] img.there') === null) await nextFrame();
    const first = performance.now() - clicked;
    while (!isFull()) await nextFrame();
    return { first, full: performance.now() - clicked };
  };
  return within(drawn(), 'the first pictures of an import');
}

function firstPaint() {
  return performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN;
}

/** Scrolls to a share of the list. @returns the time until the view is full, and all frames until then or 12 of them */
function jumpTo(share) {
  const jump = async () => {
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
  };
  return within(jump(), `the pictures at ${Math.round(100 * share)} % of the list`);
}

/** Turns the wheel by a sixth of the view in each frame. */
function turnWheel(count) {
  const turn = async () => {
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
  };
  // A second for each frame: less is no scrolling.
  return within(turn(), `${count} frames`, 1000 * count);
}

/** Milliseconds from the next key to the frame after the one in which the screen for labelling has gone on. */
function waitForEcho() {
  const asked = () => document.querySelector('.workbench.label .path')?.textContent;
  let observer;
  const echo = new Promise((resolve) => {
    const before = asked();
    let pressed = null;
    addEventListener('keydown', (event) => (pressed = event.timeStamp), { once: true, capture: true });
    observer = new MutationObserver(() => {
      if (pressed === null || asked() === before) return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - pressed), 0));
    });
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  return within(echo, 'the next image after a key').finally(() => observer.disconnect());
}
