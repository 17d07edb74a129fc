/**
 * A process that imports a folder into a project and labels its images meanwhile, to be killed:
 * `node importChild.ts <project> <photos> <first number>`. It says `start`, `label <image> <class>` after a label is on
 * disk, and `done` when the import has ended.
 */
import { writeSync } from 'node:fs';
import { decideImages } from '../../main/app/decideImages.ts';
import { runImportJob } from '../../main/app/importJob.ts';
import { openDirectLibrary } from '../../main/library/directLibrary.ts';
import { GenoiseError } from '../../shared/errors.ts';
import { knownState } from '../../shared/knownImages.ts';
import type { ImageId } from '../../shared/records.ts';

const [folder = '', photos = '', first = '0'] = process.argv.slice(2);
const millisecondsBetweenLabels = 4;
/** Synchronous, so that a line is out before what follows it is killed. */
const say = (line: string): void => void writeSync(1, `${line}\n`);

say('start');
const library = openDirectLibrary(folder);
const { read, write } = library;
const classes = await write.ensureClasses(['oak', 'elm', 'yew']);
const known = await read.listKnownImages();
const images = Array.from(known.ids, Number).filter((_, i) => knownState(known, i) === 'ready') as ImageId[];
let number = Number(first);
const labelling = setInterval(() => void labelNext(), millisecondsBetweenLabels);
try {
  const roots = (await write.ensureRoots([photos])).map((root) => ({ rootId: root.id, folder: root.folder }));
  await runImportJob(library, { roots, thumbnails: true, slotSize: 32 }, () => undefined);
  say('done');
} catch (error) {
  // The worker was killed between two files: a person would run the command again.
  if (!(error instanceof GenoiseError) || error.code !== 'worker-crashed') throw error;
} finally {
  clearInterval(labelling);
  await decideImages(library);
  await library.close();
}

async function labelNext(): Promise<void> {
  if (images.length === 0) return;
  number += 1;
  const imageId = images[(number * 7) % images.length];
  const classId = classes[number % 3].id;
  await write.setLabels([{ imageId, classId }], 'person');
  say(`label ${imageId} ${classId}`);
}
