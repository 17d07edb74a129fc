/** Our side of `npm run bench -- import`, in a process of its own: a whole import, database and thumbnails included. */
import { importIntoProject } from '../../main/app/importIntoProject.ts';

const [folder, project, slotSize] = process.argv.slice(2);
const start = performance.now();
const { found, images } = await importIntoProject(
  project,
  { folders: [folder], slotSize: Number(slotSize) },
  () => undefined,
);
const seconds = (performance.now() - start) / 1000;
process.stdout.write(`${JSON.stringify({ images: found, usable: images, seconds })}\n`);
