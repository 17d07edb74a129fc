import { describe, expect, it } from 'vitest';
import { duplicateQueries, getDuplicateGroup, listDuplicateGroups } from '../../main/library/duplicates.ts';
import type { WritableDatabase } from '../../main/library/database.ts';
import { writeImportBatch } from '../../main/library/images.ts';
import { findLeaders, nearDistance } from '../../main/library/nearGroups.ts';
import { listQueryIds } from '../../main/library/windows.ts';
import type { ImageId, ImportedImage } from '../../shared/records.ts';
import { groupDuplicates } from '../helpers/groupDuplicates.ts';
import { importedImage } from '../helpers/importedImage.ts';
import { emptyProject } from '../helpers/projectWithImages.ts';
import { queryPlan } from '../helpers/queryPlan.ts';

/** A small linear congruential generator: 32 bits a call, the upper ones of two steps. */
function randomBits(seed: number): () => number {
  let state = seed;
  const half = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 16;
  return () => (half() << 16) | half();
}

interface HashedImage {
  readonly id: number;
  readonly high: number;
  readonly low: number;
}

const leadersOf = (images: readonly HashedImage[]) =>
  findLeaders({
    ids: Int32Array.from(images, ({ id }) => id),
    high: Int32Array.from(images, ({ high }) => high),
    low: Int32Array.from(images, ({ low }) => low),
  });

function hammingDistance(a: HashedImage, b: HashedImage): number {
  let count = 0;
  for (let bits = a.high ^ b.high; bits !== 0; bits &= bits - 1) count++;
  for (let bits = a.low ^ b.low; bits !== 0; bits &= bits - 1) count++;
  return count;
}

function hashed(count: number, seed = 1): HashedImage[] {
  const bits = randomBits(seed);
  return Array.from({ length: count }, (_, id) => ({ id, high: bits(), low: bits() }));
}

/** The same hash with these bits (0 to 63) turned over. */
function flip(image: HashedImage, id: number, bits: readonly number[]): HashedImage {
  let { high, low } = image;
  for (const bit of bits) {
    if (bit < 32) low ^= 1 << bit;
    else high ^= 1 << (bit - 32);
  }
  return { id, high, low };
}

function hex({ high, low }: HashedImage): string {
  return [high, low].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
}

describe('near hashes', () => {
  it('are found wherever the bits differ, up to three of them, and not with four', () => {
    const [base] = hashed(1);
    for (let bit = 0; bit < 62; bit++) {
      const three = flip(base, 1, [bit, (bit + 21) % 64, (bit + 42) % 64]);
      const four = flip(three, 2, [(bit + 7) % 64]);
      expect(hammingDistance(base, three)).toBe(nearDistance);
      expect(leadersOf([base, three])).toEqual(new Map([[1, 0]]));
      expect(leadersOf([base, four]).size).toBe(0);
    }
  });

  it('are the same as those that comparing all with all finds', () => {
    const originals = hashed(300);
    const bits = randomBits(9);
    const copies = originals.map((image, i) =>
      flip(image, 300 + i, [...new Set(Array.from({ length: i % 6 }, () => (bits() >>> 8) % 64))]),
    );
    const all = [...originals, ...copies];
    const wanted = new Map<number, number>();
    const leaders: HashedImage[] = [];
    for (const image of all) {
      const near = leaders
        .map((leader) => ({ leader, distance: hammingDistance(image, leader) }))
        .filter(({ distance }) => distance <= nearDistance)
        .sort((a, b) => a.distance - b.distance || a.leader.id - b.leader.id);
      if (near.length > 0) wanted.set(image.id, near[0].leader.id);
      else leaders.push(image);
    }
    expect(wanted.size).toBeGreaterThan(150);
    expect(leadersOf(all)).toEqual(wanted);
  });

  it('lead from no picture to another by small steps', () => {
    const [base] = hashed(1);
    const film = Array.from({ length: 20 }, (_, i) =>
      flip(
        base,
        i,
        Array.from({ length: 2 * i }, (_unused, bit) => bit),
      ),
    );
    for (const [id, leader] of leadersOf(film)) {
      expect(hammingDistance(film[id], film[leader])).toBeLessThanOrEqual(nearDistance);
    }
  });

  it('say nothing about flat pictures', () => {
    const flat = [0, 1, 2].map((id) => ({ id, high: 0, low: id }));
    const bright = [3, 4].map((id) => ({ id, high: -1, low: -1 }));
    expect(leadersOf([...flat, ...bright]).size).toBe(0);
  });
});

describe('groups of duplicates', () => {
  function project() {
    const { db } = emptyProject();
    const [a, b] = hashed(2, 5);
    const look = (image: HashedImage) => ({ perceptualHash: hex(image) });
    const images: ImportedImage[] = [
      { ...importedImage('a.jpg', 0), ...look(a) },
      { ...importedImage('b.jpg', 1), ...look(b) },
      { ...importedImage('a-small.jpg', 2), ...look(flip(a, 0, [3, 40])) },
      { ...importedImage('a-copy.jpg', 0, 'a.jpg'), ...look(a) },
      { ...importedImage('flat.jpg', 3), perceptualHash: '0000000000000000' },
      { ...importedImage('flat-copy.jpg', 3, 'flat.jpg'), perceptualHash: '0000000000000000' },
      { ...importedImage('flat-other.jpg', 4), perceptualHash: '0000000000000000' },
    ];
    writeImportBatch(db, { images, missing: [] });
    return { db, images };
  }
  const groups = (db: WritableDatabase) =>
    listDuplicateGroups(db, 10).map((group) => group.images.map(({ id, kind }) => `${id} ${kind}`));

  it('hold copies and what looks the same, the first image first', () => {
    const { db } = project();
    expect(groupDuplicates(db)).toBe(5);
    expect(groups(db)).toEqual([
      ['1 exact', '3 near', '4 exact'],
      ['5 exact', '6 exact'],
    ]);
    expect(getDuplicateGroup(db, 3 as ImageId)?.groupId).toBe(1);
    expect(getDuplicateGroup(db, 2 as ImageId)).toBeNull();
    expect(listDuplicateGroups(db, 10, 1 as ImageId)).toHaveLength(1);
    const listed = listQueryIds(db, { filter: { show: 'duplicates' }, sort: 'imported' });
    expect([...listed]).toEqual([1, 3, 4, 5, 6]);
  });

  it('follow the images: what is gone is in none', () => {
    const { db } = project();
    groupDuplicates(db);
    writeImportBatch(db, { images: [], missing: [1, 6] as ImageId[] });
    groupDuplicates(db);
    expect(groups(db)).toEqual([['3 near', '4 near']]);
  });

  it('are found by indexes', () => {
    const { db } = project();
    for (const sql of Object.values(duplicateQueries)) {
      for (const step of queryPlan(db, sql)) expect(step).toMatch(/USING (COVERING )?INDEX/);
    }
  });
});
