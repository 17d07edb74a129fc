import type { DroppedFiles } from './transport.ts';

type PathedFile = Awaited<ReturnType<DroppedFiles['walk']>>[number];

/** The files and folders of a drop. Must be called in the event itself: a drop's data is gone afterwards. */
export function droppedFiles(transfer: DataTransfer): DroppedFiles {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  return {
    items: [...transfer.files],
    walk: async () => (await Promise.all(entries.map(walkEntry))).flat(),
  };
}

/** The files of an `<input type="file">`, with or without `webkitdirectory`. */
export function chosenFiles(files: FileList): DroppedFiles {
  const items = [...files];
  return {
    items,
    walk: async () => items.map((file) => ({ path: file.webkitRelativePath || file.name, file })),
  };
}

/** Whether a drag holds files at all, not text or a picture out of a page. */
export function holdsFiles(transfer: DataTransfer | null): transfer is DataTransfer {
  return transfer?.types.includes('Files') ?? false;
}

async function walkEntry(entry: FileSystemEntry): Promise<PathedFile[]> {
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    return [{ path: entry.fullPath.replace(/^\//, ''), file }];
  }
  if (!isFolder(entry)) return [];
  const found: PathedFile[] = [];
  for (const child of await childrenOf(entry)) found.push(...(await walkEntry(child)));
  return found;
}

/** A reader hands out a folder in portions, and an empty one at its end. */
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (some.length === 0) return all;
    all.push(...some);
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
