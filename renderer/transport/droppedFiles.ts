import type { DroppedFile, DroppedFiles } from './transport.ts';

/** The files and folders of a drop. Must be called in the event itself: a drop's data is gone afterwards. */
export function droppedFiles(transfer: DataTransfer): DroppedFiles {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  return {
    items: [...transfer.files],
    walk: () => walkAll(entries),
  };
}

/** The files of an `<input type="file">`, with or without `webkitdirectory`. */
export function chosenFiles(files: FileList): DroppedFiles {
  const items = [...files];
  return {
    items,
    async *walk() {
      for (const file of items) {
        const path = file.webkitRelativePath || file.name;
        if (!isHidden(path)) yield { path, file };
      }
    },
  };
}

/** Whether a drag holds files at all, not text or a picture out of a page. */
export function holdsFiles(transfer: DataTransfer | null): transfer is DataTransfer {
  return transfer?.types.includes('Files') ?? false;
}

async function* walkAll(entries: readonly FileSystemEntry[]): AsyncGenerator<DroppedFile> {
  for (const entry of entries) yield* walkEntry(entry);
}

async function* walkEntry(entry: FileSystemEntry): AsyncGenerator<DroppedFile> {
  if (isHidden(entry.fullPath)) return;
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    yield { path: entry.fullPath.replace(/^\//, ''), file };
    return;
  }
  if (!isFolder(entry)) return;
  // A reader hands out a folder in portions, and an empty one at its end.
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise<readonly FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (some.length === 0) return;
    yield* walkAll(some);
  }
}

/** The import passes over hidden files and folders, so they are not copied either. */
function isHidden(path: string): boolean {
  return /(^|\/)\./.test(path);
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
