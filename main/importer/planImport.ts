import type { ImportRequest, KnownImage } from '../../shared/importing.ts';
import type { ImageId, RootId } from '../../shared/records.ts';
import type { ScannedFile } from './scanFolder.ts';

/** A file that was found below one of the roots. */
export interface FoundFile extends ScannedFile {
  readonly rootId: RootId;
  /** The root's folder. */
  readonly root: string;
}

export interface ImportPlan {
  /** Files to read: new ones, changed ones, and ones that had been missing. */
  readonly pending: readonly FoundFile[];
  /** Known images whose file was not found again. */
  readonly missing: readonly ImageId[];
}

/** What an import has to do, from what the scan found and what the project knows. */
export function planImport(found: readonly FoundFile[], request: ImportRequest): ImportPlan {
  const known = new Map(request.known.map((image) => [fileKey(image), image]));
  const present = new Set(found.map(fileKey));
  const scanned = new Set(request.roots.map((root) => root.rootId));
  return {
    pending: found.filter((file) => !isUnchanged(file, known.get(fileKey(file)))),
    missing: request.known
      .filter(
        (image) => scanned.has(image.rootId) && image.state !== 'missing' && !present.has(fileKey(image)),
      )
      .map((image) => image.id),
  };
}

function isUnchanged(file: FoundFile, known: KnownImage | undefined): boolean {
  if (known === undefined || known.state === 'missing') return false;
  return known.byteSize === file.byteSize && known.mtime === file.mtime;
}

function fileKey(file: { readonly rootId: RootId; readonly relativePath: Uint8Array }): string {
  return `${file.rootId}:${Buffer.from(file.relativePath).toString('latin1')}`;
}
