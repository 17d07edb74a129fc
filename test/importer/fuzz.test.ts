import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { decodeFolderToStore } from '../../main/importer/decodeFolderToStore.ts';
import { mutatedImages } from '../helpers/hostile/mutatedImages.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';

/** `npm run bench -- fuzz` does the same with 5,000, through the whole application. */
it('gives 200 images that were spoilt at random a slot or a reason each', async () => {
  const folder = temporaryFolder();
  const names: string[] = [];
  for await (const { name, bytes } of mutatedImages(200, 20_26)) {
    writeFileSync(join(folder, name), bytes);
    names.push(name);
  }
  const files = await decodeFolderToStore(folder, temporaryFolder(), 32);
  expect(files.map((file) => file.displayName)).toEqual(names);
  const odd = files.filter(({ state, slot, reason, width, height }) =>
    state === 'ready' ? slot === null || width < 1 || height < 1 : slot !== null || !reason,
  );
  expect(odd).toEqual([]);
  // Both happen: the mutations are neither harmless nor total.
  expect(files.filter((file) => file.state === 'ready').length).toBeGreaterThan(20);
  expect(files.filter((file) => file.state === 'unreadable').length).toBeGreaterThan(20);
});
