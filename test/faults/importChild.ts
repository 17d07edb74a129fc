/**
 * A process that imports a folder into a project and labels its images meanwhile, to be killed:
 * `node importChild.ts <project> <photos> <first number>`. It says `start`, `label <image> <class>` after a label is on
 * disk, and `done` when the import has ended.
 */
import { writeSync } from 'node:fs';
import { runImportJob } from '../../main/app/importJob.ts';
import { ensureClasses } from '../../main/library/classes.ts';
import { groupDuplicates } from '../../main/library/duplicates.ts';
import { drawHeldOutPool } from '../../main/library/heldOutPool.ts';
import { listImages } from '../../main/library/images.ts';
import { setLabels } from '../../main/library/labels.ts';
import { openProject } from '../../main/library/project.ts';
import { ensureRoots } from '../../main/library/roots.ts';
import { GenoiseError } from '../../shared/errors.ts';

const [folder = '', photos = '', first = '0'] = process.argv.slice(2);
const millisecondsBetweenLabels = 4;
/** Synchronous, so that a line is out before what follows it is killed. */
const say = (line: string): void => void writeSync(1, `${line}\n`);

say('start');
const project = openProject(folder);
const { db } = project;
const classes = ensureClasses(db, ['oak', 'elm', 'yew']);
const images = listImages(db, 'ready').map((image) => image.id);
let number = Number(first);
const labelling = setInterval(labelNext, millisecondsBetweenLabels);
try {
  const roots = ensureRoots(db, [photos]).map((root) => ({ rootId: root.id, folder: root.folder }));
  await runImportJob(project, { roots, thumbnails: true, slotSize: 32 }, () => undefined);
  say('done');
} catch (error) {
  // The worker was killed between two files: a person would run the command again.
  if (!(error instanceof GenoiseError) || error.code !== 'worker-crashed') throw error;
} finally {
  clearInterval(labelling);
  groupDuplicates(db);
  drawHeldOutPool(db);
  project.close();
}

function labelNext(): void {
  if (images.length === 0) return;
  number += 1;
  const imageId = images[(number * 7) % images.length];
  const classId = classes[number % 3].id;
  setLabels(db, [{ imageId, classId }], 'person');
  say(`label ${imageId} ${classId}`);
}
