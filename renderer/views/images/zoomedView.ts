/** How a picture lies in the window: pixels of the window a pixel of the picture, and where its middle is. */
export interface View {
  readonly scale: number;
  /** From the middle of the window to the middle of the picture, in pixels of the window. */
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const deepest = 32;
/** Small pictures are enlarged so much at most where they are shown whole. */
const mostEnlarged = 8;

/** The whole picture, as large as it fits. */
export function fitted(picture: Size, window: Size): View {
  const scale = Math.min(window.width / picture.width, window.height / picture.height, mostEnlarged);
  return { scale: Math.max(scale, 1e-4), x: 0, y: 0 };
}

/** Larger or smaller by `factor`; what is at the point (from the middle of the window) stays there. */
export function zoomed(
  view: View,
  factor: number,
  at: { readonly x: number; readonly y: number },
  picture: Size,
  window: Size,
): View {
  const smallest = Math.min(1, fitted(picture, window).scale);
  const scale = Math.min(deepest, Math.max(smallest, view.scale * factor));
  const real = scale / view.scale;
  return inWindow(
    { scale, x: at.x - (at.x - view.x) * real, y: at.y - (at.y - view.y) * real },
    picture,
    window,
  );
}

/** Moved so far at most that the picture still fills the window, where it is larger; else in the middle. */
export function inWindow({ scale, x, y }: View, picture: Size, window: Size): View {
  const spareX = Math.max(0, (picture.width * scale - window.width) / 2);
  const spareY = Math.max(0, (picture.height * scale - window.height) / 2);
  return {
    scale,
    x: Math.min(spareX, Math.max(-spareX, x)),
    y: Math.min(spareY, Math.max(-spareY, y)),
  };
}
