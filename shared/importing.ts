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
  readonly slot: number | null;
}

/** An import, as the application asks the worker for it. Plain data. */
export interface ImportRequest {
  /** The project's `pixels/`. */
  readonly pixelsFolder: string;
  readonly roots: readonly { readonly rootId: RootId; readonly folder: string }[];
  /** Every image of the project, of all roots. */
  readonly known: readonly KnownImage[];
  /** Slots that rows refer to: the highest one plus 1, 0 for a new project. What lies beyond is overwritten. */
  readonly slotsInUse: number;
  /** M for a new store; chosen from the images when absent. Ignored once the project has slots. */
  readonly slotSize?: number;
}

/** Rows to write, in one transaction. Their slots are on disk when the batch is handed out. */
export interface ImportBatch {
  /** New or changed images, in the byte order of their paths, root by root. */
  readonly images: readonly ImportedImage[];
  /** Known images whose file is gone from a root that was scanned. */
  readonly missing: readonly ImageId[];
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
}
