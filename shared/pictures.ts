/** Pictures that the worker makes for screens. All plain data. */

/** An encoded picture. */
export interface EncodedPicture {
  /** For example `image/png`. */
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** An original as something that every browser shows. */
export interface PictureRequest {
  /** Absolute path in the file system's own bytes; null asks for the stored slot at once. */
  readonly path: Uint8Array | null;
  /** The image's place in the pixel store: what is shown where the file cannot be. Null where it has none. */
  readonly slot: number | null;
  /** Absolute path of the project's pixel store. */
  readonly pixelFolder: string;
  /** Longer side of what comes back, in pixels, at most; never enlarged. */
  readonly side: number;
}

export interface PictureResult extends EncodedPicture {
  readonly from: 'original' | 'stored';
  /** Why it is not the original, or what was done to its values: a clause, else null. */
  readonly note: string | null;
}

/** The views that a method would train on. */
export interface PreviewViewsRequest {
  /** The method's name: `simclr` … */
  readonly method: string;
  /** One of the names of `ssl/views/presets`. */
  readonly preset: string;
  /** Side of the views in pixels; null: what a run on this store would take. */
  readonly imageSize: number | null;
  readonly pixelFolder: string;
  readonly slots: readonly number[];
  /** How often each of the method's views is drawn, each time anew. */
  readonly draws: number;
  readonly seed: number;
}

export interface PreviewViewsResult {
  readonly imageSize: number;
  /** For each slot: the method's views of the first draw, of the second … */
  readonly views: readonly (readonly EncodedPicture[])[];
}

export interface MakeSamplesRequest {
  /** Absolute path; made where it is not. */
  readonly folder: string;
  readonly count: number;
  /** Longer side in pixels. */
  readonly side: number;
  readonly seed: number;
}

export interface MakeSamplesProgress {
  readonly done: number;
  readonly total: number;
}

export interface MakeSamplesResult {
  readonly images: number;
  /** Names of the classes, which are names of folders. */
  readonly classes: readonly string[];
}
