import { statSync } from 'node:fs';
import { listAlike } from '../listAlike.ts';
import { readImageDetails } from '../readImageDetails.ts';
import { relinkImages } from '../relinkImages.ts';
import { startImport } from '../startImport.ts';
import { answerStore, storeQuestion } from '../storeQuestions.ts';
import { genoiseError } from '../../../shared/errors.ts';
import type { imageCommands } from '../../../shared/contract/imageCommands.ts';
import type { ImageId } from '../../../shared/records.ts';
import type { Handlers } from '../handler.ts';

/** What a list for people shows at most. */
const mostFiles = 1000;

export const imageHandlers: Handlers<keyof typeof imageCommands> = {
  'images.window': async (context, { query, start, count, order }) =>
    context.library().read.listWindow(query, start, count, order),
  'images.ids': async (context, { query, start, count, order }) => {
    const ids = await context.library().read.listQueryIds(query, order);
    return [...ids.subarray(start, start + count)] as ImageId[];
  },
  'images.position': async (context, { query, id, order }) =>
    context.library().read.findPosition(query, id, order),
  'images.counts': async (context) => {
    const { sets, classes } = await context.library().read.countFilters();
    return { sets, classes: [...classes] };
  },
  'images.details': async (context, { id }) => readImageDetails(context.library(), id),
  'images.alike': (context, { id }) => listAlike(context.library(), id),
  'images.roots': async (context) => {
    const { read } = context.library();
    const roots = await read.listRoots();
    return Promise.all(
      roots.map(async ({ id, folder }) => ({
        id,
        folder,
        exists: statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true,
        images: await read.countRoot(id),
      })),
    );
  },
  'images.folders': async (context, { rootId, folder }) => [
    ...(await context.library().read.listFolders(rootId, folder)),
  ],
  'images.unreadable': async (context) => {
    const { total, reasons, files } = await context.library().read.listUnreadable(mostFiles);
    return { total, reasons: [...reasons], files: [...files] };
  },
  'images.relink': async (context, { rootId, to }) => {
    const library = context.library();
    const roots = await library.read.listRoots();
    const root = roots.find(({ id }) => id === rootId);
    if (root === undefined) {
      throw genoiseError('root-unknown', {
        folder: String(rootId),
        known: roots.map(({ folder }) => folder),
      });
    }
    const { looked, same } = await relinkImages(library, root.folder, to);
    const moved = (await library.read.listRoots()).find(({ id }) => id === rootId);
    // Images that were marked as missing are found again.
    if (moved !== undefined) startImport(context, [moved.folder]);
    context.changed('images');
    return { looked, same };
  },
  'images.storeQuestion': async (context) => storeQuestion(context),
  'images.answerStore': async (context, { slotSize }) => {
    answerStore(context, slotSize);
    return null;
  },
};
