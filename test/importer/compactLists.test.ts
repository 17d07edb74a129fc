import { describe, expect, it } from 'vitest';
import { addKnown, contentIndex } from '../../main/importer/contentIndex.ts';
import { fileTable } from '../../main/importer/fileTable.ts';
import { filesFrom, planImport, type FoundRoot } from '../../main/importer/planImport.ts';
import type { KnownImage } from '../../shared/importing.ts';
import { knownImage, packKnownImages } from '../../shared/knownImages.ts';
import type { ImageId, RootId } from '../../shared/records.ts';

const hashOf = (i: number): string => (i * 2654435761).toString(16).padStart(64, 'f');

function known(id: number, path: string, root = 1): KnownImage {
  return {
    id: id as ImageId,
    rootId: root as RootId,
    relativePath: Buffer.from(path),
    contentHash: hashOf(id),
    byteSize: id,
    mtime: 1_700_000_000_000 + id,
    width: 4000,
    height: 3000,
    state: 'ready',
    note: null,
    perceptualHash: 'f0e1d2c3b4a59687',
    slot: id,
  };
}

function found(rootId: number, files: readonly (readonly [path: string, id: number])[]): FoundRoot {
  const table = fileTable();
  for (const [path, id] of files) {
    table.add({ relativePath: Buffer.from(path), byteSize: id, mtime: 1_700_000_000_000 + id });
  }
  return { rootId: rootId as RootId, root: `/${rootId}`, files: table };
}

describe('known images', () => {
  it('come out of their columns as they went in', () => {
    const images: KnownImage[] = [
      known(7, 'a'),
      { ...known(8, ''), relativePath: Buffer.from([0xff, 0x2f, 0x80]), note: 'greyscale', state: 'missing' },
      { ...known(9, 'ü/z'), contentHash: null, perceptualHash: null, slot: null, state: 'unreadable' },
    ];
    const packed = structuredClone(packKnownImages(images));
    const plain = ({ relativePath, ...image }: KnownImage) => ({ ...image, path: [...relativePath] });
    expect([0, 1, 2].map((i) => plain(knownImage(packed, i)))).toEqual(images.map(plain));
  });
});

describe('a table of files', () => {
  it('keeps any number of them, and orders them by the bytes of their paths', () => {
    const table = fileTable();
    const names = Array.from({ length: 3000 }, (_, i) => `${(i * 7919) % 3000}${'x'.repeat(i % 90)}`);
    for (const [i, name] of names.entries()) {
      table.add({ relativePath: Buffer.from(name), byteSize: i, mtime: 2 * i });
    }
    const ordered = Array.from(table.order(), (i) => table.at(i));
    expect(ordered.map(({ relativePath }) => relativePath.toString())).toEqual([...names].sort());
    expect(table.at(2999)).toMatchObject({ byteSize: 2999, mtime: 5998 });
  });
});

describe('the index of contents', () => {
  it('finds each by its hash, and nothing by another', () => {
    const index = contentIndex();
    const content = { slot: 0, width: 3, height: 4, note: null, perceptualHash: null };
    for (let i = 0; i < 5000; i += 1) index.set(hashOf(i), { ...content, slot: i });
    addKnown(
      index,
      packKnownImages([
        { ...known(6000, 'a'), note: 'windowed' },
        { ...known(1, 'b'), slot: null },
      ]),
    );
    expect(index.size).toBe(5001);
    expect(Array.from({ length: 5000 }, (_, i) => index.get(hashOf(i))?.slot)).toEqual([
      ...Array(5000).keys(),
    ]);
    expect(index.get(hashOf(6000))).toEqual({
      ...{ slot: 6000, width: 4000, height: 3000 },
      ...{ note: 'windowed', perceptualHash: 'f0e1d2c3b4a59687' },
    });
    expect(index.get(hashOf(7000))).toBeNull();
    expect(index.prefixes()[1]).toBe(BigInt(`0x${hashOf(1).slice(0, 16)}`));
  });
});

describe('a plan', () => {
  it('reads what is new, changed or was missing, root by root, and loses what is gone', () => {
    const roots = [
      found(2, [['b', 20]]),
      found(1, [
        ['d', 4],
        ['a', 1],
        ['c', 99],
        ['e', 5],
      ]),
    ];
    const first = [known(1, 'a'), known(2, 'b'), known(3, 'c')];
    const second = [
      { ...known(5, 'e'), state: 'missing' as const },
      known(6, 'f'),
      known(20, 'b', 2),
      known(30, 'b', 3),
    ];
    const plan = planImport({ roots, unreadableFolders: [] }, [
      packKnownImages(first),
      packKnownImages(second),
    ]);
    const pending = [...filesFrom(plan.pending)].map(
      (file) => `${file.root}/${file.relativePath.toString()}`,
    );
    expect(pending).toEqual(['/1/c', '/1/d', '/1/e']);
    expect(plan.missing).toEqual([2, 6]);
  });
});
