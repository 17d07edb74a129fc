import type { KnownImages } from './knownImages.ts';
import type { ImageId, ImportedImage, RootId } from './records.ts';

/** An image that the project already has: what the importer needs to leave it alone or to share its slot. */
export interface KnownImage {
  readonly id: ImageId;
  readonly rootId: RootId;
  readonly relativePath: Uint8Array;
  readonly contentHash: string | null;
  readonly byteSize: number;
  readonly mtime: number;
  readonly width: number;
  readonly height: number;
  readonly state: 'ready' | 'unreadable' | 'missing';
  readonly note: string | null;
  readonly perceptualHash: string | null;
  readonly slot: number | null;
}

/** An import, as the application asks the worker for it. Plain data. */
export interface ImportRequest {
  /** The project's `pixels/`. */
  readonly pixelsFolder: string;
  readonly roots: readonly { readonly rootId: RootId; readonly folder: string }[];
  /** Every image of the project: in the order of roots and the byte order of their paths. */
  readonly known: readonly KnownImages[];
  /** Slots that rows refer to: the highest one plus 1, 0 for a new project. What lies beyond is overwritten. */
  readonly slotsInUse: number;
  /** M for a new store; chosen from the images when absent. Ignored once the project has slots. */
  readonly slotSize?: number;
  /** Where the slots of a new store can take more, and no size was given, the import ends with its plan. */
  readonly mostBytes?: number;
  /** Whether to make thumbnails of the new slots; not done when absent. */
  readonly thumbnails?: boolean;
  /** Files that ended the worker process: they are unreadable without another try. */
  readonly crashed?: readonly FileKey[];
  /** After a crash: the files that may have caused it are read one at a time, each announced before. */
  readonly careful?: boolean;
}

/** Names one file: its root and its path below it, in the file system's bytes. */
export interface FileKey {
  readonly rootId: RootId;
  readonly relativePath: Uint8Array;
}

/** A small picture for the grid, long side at most 256 pixels: a JPEG, or the file itself where that is small. */
export interface Thumbnail {
  /** For example `image/jpeg`. */
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** A thumbnail belongs to a slot: files with the same bytes share both. */
export interface SlotThumbnail extends Thumbnail {
  readonly slot: number;
}

/** A slot size to choose, with what it costs. */
export interface StoreChoice {
  readonly slotSize: number;
  readonly bytes: number;
}

/** Rows to write, in one transaction. Their slots are on disk when the batch is handed out. */
export interface ImportBatch {
  /** New or changed images, in the byte order of their paths, root by root. */
  readonly images: readonly ImportedImage[];
  /** Known images whose file is gone from a root that was scanned. */
  readonly missing: readonly ImageId[];
  /** Of the slots that are new in this batch; absent when none were asked for. */
  readonly thumbnails?: readonly SlotThumbnail[];
}

/** How far an import is. Counts of files. */
export interface ImportProgress {
  /** `scanning`: `found` grows. `planned`: once, before the first file is decoded. `reading`: `done` grows. */
  readonly phase: 'scanning' | 'planned' | 'reading';
  /** Image files below the roots. */
  readonly found: number;
  /** Files among them to be read, because they are new or changed. */
  readonly total: number;
  readonly done: number;
  /** Of those done: not usable, and the same bytes as an earlier image. */
  readonly unreadable: number;
  readonly duplicates: number;
  /** M, once it is chosen. */
  readonly slotSize: number | null;
  /** Bytes that the new slots can take on disk at most, once M is chosen. */
  readonly storeBytes: number | null;
  /** What smaller slots would take, from large to small; empty where M is not to be chosen. */
  readonly smaller: readonly StoreChoice[];
  /** Folders that could not be listed, for people: what lies in them is neither read nor marked as missing. */
  readonly unreadableFolders: readonly string[];
  /** The last time that the decoder's process died and was started again; absent while it never did. */
  readonly restart?: {
    /** How often so far. */
    readonly count: number;
    /** The file that is now known to crash it and is passed over; null while it is looked for. */
    readonly file: string | null;
  };
}
