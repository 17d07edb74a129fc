import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { shardPath } from '../../main/importer/pixelStoreFormat.ts';
import { openPixelStoreWriter } from '../../main/importer/pixelStoreWriter.ts';

/** A pixel store of noise below `parent`, made where it is not there yet. @returns its folder */
export function noiseStore(parent: string, count: number, slotSize: number): string {
  const folder = join(parent, `${count}-of-${slotSize}`);
  if (existsSync(folder)) return folder;
  mkdirSync(folder, { recursive: true });
  const slotBytes = 3 * slotSize ** 2;
  // Slots overlap in it: nobody looks at them.
  const noise = randomBytes(slotBytes + 4096);
  const writer = openPixelStoreWriter(folder, { keep: 0, slotSize });
  for (let i = 0; i < count; i++) {
    writer.append(noise.subarray(i % 4096, (i % 4096) + slotBytes), slotSize, slotSize);
  }
  writer.close();
  return folder;
}

/** Lets the system forget what it keeps of the store in memory. @returns whether it did: it needs GNU `dd` */
export function forgetStore(folder: string): boolean {
  for (let shard = 0; existsSync(shardPath(folder, shard)); shard++) {
    const arguments_ = [`if=${shardPath(folder, shard)}`, 'iflag=nocache', 'count=0'];
    if (spawnSync('dd', arguments_, { stdio: 'ignore' }).status !== 0) return false;
  }
  return true;
}
