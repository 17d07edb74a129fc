import { createHash } from 'node:crypto';
import { writeFileSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readImageFile, systemReason } from '../../main/importer/readImageFile.ts';
import { withinTime } from '../../main/importer/readPending.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';

const disk = vi.hoisted(() => ({ between: null as (() => void) | null, reads: 0 }));

vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof import('node:fs')>();
  const readSync = (...parameters: Parameters<typeof fs.readSync>): number => {
    const read = fs.readSync(...parameters);
    disk.between?.();
    return read;
  };
  return { ...fs, readSync };
});

afterEach(() => (disk.between = null));

describe('reading a file', () => {
  const file = (content: string): string => {
    const path = join(temporaryFolder(), 'a.jpg');
    writeFileSync(path, content);
    return path;
  };

  it('gives its bytes and their hash', () => {
    const read = readImageFile(Buffer.from(file('some bytes')));
    if ('reason' in read) throw new Error(read.reason);
    expect(read.bytes.toString()).toBe('some bytes');
    expect(read.contentHash).toBe(createHash('sha256').update('some bytes').digest('hex'));
  });

  it.each([
    ['grows', 'longer than it was'],
    ['is cut', 'cut'],
    ['is written over', 'some other'],
  ])('says so when the file %s meanwhile', async (_, content) => {
    const path = file('some bytes');
    await new Promise((resolve) => setTimeout(resolve, 20));
    disk.between = () => writeFileSync(path, content);
    const read = readImageFile(Buffer.from(path));
    expect('reason' in read && read.reason).toContain('changed while it was being read');
  });

  it.each([
    ['EACCES', 'not allowed'],
    ['EIO', 'disk reports an error'],
    ['ELOOP', 'in a circle'],
    ['EWHATEVER', 'EWHATEVER'],
  ])('explains the error %s', (code, words) => {
    expect(systemReason(Object.assign(new Error('x'), { code }))).toContain(words);
  });
});

describe('a decoder that does not come to an end', () => {
  it('is left alone after a while', async () => {
    const never = new Promise<Stats>(() => undefined);
    expect(await withinTime(never, 20)).toEqual({ reason: 'decoding it takes too long' });
    expect(await withinTime(Promise.resolve(5), 1000)).toBe(5);
  });
});
