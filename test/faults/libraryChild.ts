/**
 * A process that labels and imports without end, to be killed: `node libraryChild.ts <project> <first number>`. It says
 * `label <image> <class>` after a label is on disk, `import <image's name>` after a batch is, and `open` at its start.
 */
import { writeSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { ensureClasses } from '../../main/library/classes.ts';
import { listImages, writeImportBatch } from '../../main/library/images.ts';
import { setLabels } from '../../main/library/labels.ts';
import { openProject } from '../../main/library/project.ts';
import { writeThumbnails } from '../../main/library/thumbnails.ts';
import type { ImportBatch } from '../../shared/importing.ts';
import type { RootId } from '../../shared/records.ts';

const [folder = '', first = '0'] = process.argv.slice(2);
const { db } = openProject(folder);
const classes = ensureClasses(db, ['oak', 'elm', 'yew']);
const images = listImages(db, 'ready').map((image) => image.id);
/** Synchronous, so that a line is out before what follows it is killed. */
const say = (line: string): void => void writeSync(1, `${line}\n`);

say('open');
for (let i = Number(first); ; i++) {
  const imageId = images[(i * 7) % images.length];
  const classId = classes[i % 3].id;
  setLabels(db, [{ imageId, classId }], 'person');
  say(`label ${imageId} ${classId}`);
  if (i % 5 === 0) {
    const batch = batchOf(i);
    writeThumbnails(db, batch);
    writeImportBatch(db, batch);
    say(`import ${i}`);
  }
}

function batchOf(number: number): ImportBatch {
  const rows = Array.from({ length: 20 }, (_, i) => {
    const name = `batch ${number}/${i}.jpg`;
    const contentHash = createHash('sha256').update(name).digest('hex');
    return {
      rootId: 1 as RootId,
      relativePath: Buffer.from(name),
      displayName: name,
      contentHash,
      byteSize: 100,
      mtime: 1,
      width: 8,
      height: 8,
      state: 'ready' as const,
      reason: null,
      note: null,
      perceptualHash: contentHash.slice(0, 16),
      slot: 1000 + number * 20 + i,
    };
  });
  const thumbnails = rows.map(({ slot }) => ({
    slot,
    type: 'image/jpeg',
    bytes: Buffer.alloc(500, slot % 251),
  }));
  return { images: rows, missing: [], thumbnails };
}
