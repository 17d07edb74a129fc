/** How one view of an image is drawn. Probabilities are per image; strengths as torchvision's ColorJitter takes them. */
export interface ViewRecipe {
  /** Side of the square view in pixels. */
  readonly size: number;
  /** Share of the image's area that the crop keeps, lowest and highest. */
  readonly cropScale: readonly [number, number];
  /** Aspect ratio of the crop, width over height, lowest and highest, drawn log-uniformly. */
  readonly cropRatio: readonly [number, number];
  readonly flipProbability: number;
  /** Upside down: for images whose orientation means nothing (microscopy, from above). */
  readonly verticalFlipProbability: number;
  readonly jitter: ColorJitter & { readonly probability: number };
  readonly grayscaleProbability: number;
  readonly blur: {
    readonly probability: number;
    /** Standard deviation in pixels of the view, lowest and highest. */
    readonly sigma: readonly [number, number];
  };
  readonly solarizeProbability: number;
  /** The view shows a part of one cell of a grid over the crop; absent: the crop itself. */
  readonly cell?: GridCell;
}

/** Views of one image that have cells share the crop, its flips and which cell is at which place. */
export interface GridCell {
  /** Cells a side. */
  readonly grid: number;
  /** Which of the shuffled cells the view shows, 0 … grid² − 1. */
  readonly place: number;
  /** How much of the cell's height and width is seen, at a random place. */
  readonly share: number;
}

export interface ColorJitter {
  readonly brightness: number;
  readonly contrast: number;
  readonly saturation: number;
  /** In turns: 0.5 is half around the colour circle. */
  readonly hue: number;
}
