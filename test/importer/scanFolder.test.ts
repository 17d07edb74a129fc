import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rawPath, scanFolder } from '../../main/importer/scanFolder.ts';
import { errorCode } from '../helpers/errorCode.ts';
import { plainPng } from '../helpers/sampleImage.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';

function put(folder: string, path: string, content: string | Buffer = 'x'): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), content);
}

async function names(folder: string): Promise<string[]> {
  const { files } = await scanFolder(folder);
  return files.map((file) => file.relativePath.toString());
}

describe('scanning', () => {
  it('finds images at any depth, in the byte order of their paths', async () => {
    const folder = temporaryFolder();
    for (const path of ['b.JPG', 'a/z.png', 'a.jpeg', 'a/b/c.jpe', 'B.jfif', 'é.png', 'a b.jpg'])
      put(folder, path);
    for (const path of ['notes.txt', 'a/films.csv', 'x.gift', 'png', 'jpg.zip']) put(folder, path);
    expect(await names(folder)).toEqual([
      'B.jfif',
      'a b.jpg',
      'a.jpeg',
      'a/b/c.jpe',
      'a/z.png',
      'b.JPG',
      'é.png',
    ]);
  });

  it('looks into a file whose name has no extension', async () => {
    const folder = temporaryFolder();
    put(folder, 'IMG0001', await plainPng(9));
    put(folder, 'README', 'words');
    put(folder, 'empty', '');
    expect(await names(folder)).toEqual(['IMG0001']);
  });

  it('passes over hidden files and folders, and projects inside', async () => {
    const folder = temporaryFolder();
    for (const path of [
      '.a.png',
      '.git/b.png',
      '._c.jpg',
      'project/project.db',
      'project/exports/d.png',
      'e.png',
    ]) {
      put(folder, path);
    }
    expect(await names(folder)).toEqual(['e.png']);
    expect(await names(join(folder, 'project'))).toEqual(['exports/d.png']);
  });

  it('follows links, but never in a circle, and survives ones that lead nowhere', async () => {
    const folder = temporaryFolder();
    const elsewhere = temporaryFolder();
    put(elsewhere, 'far.png');
    put(folder, 'sub/near.png');
    symlinkSync(elsewhere, join(folder, 'link'));
    symlinkSync(folder, join(folder, 'sub', 'up'));
    symlinkSync(join(elsewhere, 'far.png'), join(folder, 'single.png'));
    symlinkSync(join(folder, 'absent.png'), join(folder, 'dangling.png'));
    symlinkSync(join(folder, 'self'), join(folder, 'self'));
    symlinkSync(join(folder, 'round.png'), join(folder, 'round.png'));
    // Reading the links that lead nowhere tells what is wrong with them; without an image's name they are no concern.
    expect(await names(folder)).toEqual([
      'dangling.png',
      'link/far.png',
      'round.png',
      'single.png',
      'sub/near.png',
    ]);
  });

  it.runIf(process.platform === 'linux')('keeps names that are not UTF-8 as they are', async () => {
    const folder = temporaryFolder();
    const name = Buffer.from([0x61, 0xff, 0xe9, 0x2e, 0x6a, 0x70, 0x67]);
    writeFileSync(rawPath(folder, name), 'x');
    const { files } = await scanFolder(folder);
    expect(files.map((file) => [...file.relativePath])).toEqual([[...name]]);
    expect(files[0].byteSize).toBe(1);
  });

  it('takes no folder for an image, whatever its name', async () => {
    const folder = temporaryFolder();
    put(folder, 'album.jpg/inside.png');
    expect(await names(folder)).toEqual(['album.jpg/inside.png']);
  });

  it('says when there is no such folder, and stops when told', async () => {
    const folder = temporaryFolder();
    put(folder, 'file.png');
    expect(await errorCode(() => scanFolder(join(folder, 'absent')))).toBe('no-such-folder');
    expect(await errorCode(() => scanFolder(join(folder, 'file.png')))).toBe('no-such-folder');
    await expect(scanFolder(folder, { signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow(
      'stop',
    );
  });
});
