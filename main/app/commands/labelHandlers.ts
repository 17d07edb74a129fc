import { askedImages, currentRound, nextRound, noteAnswered } from '../askedRounds.ts';
import { asStep } from '../asStep.ts';
import { chosenIds } from '../chosenIds.ts';
import { folderNames } from '../folderNames.ts';
import { labelImages, type LabelOptions } from '../labelImages.ts';
import { embeddingState, startEmbedding } from '../startEmbedding.ts';
import type { CommandResult } from '../../../shared/contract/commands.ts';
import type { labelCommands } from '../../../shared/contract/labelCommands.ts';
import type { HistoryStep } from '../../../shared/labelling.ts';
import type { ApplicationContext } from '../context.ts';
import type { Handlers } from '../handler.ts';

export const labelHandlers: Handlers<keyof typeof labelCommands> = {
  'labels.set': async (context, { images, classId }) => {
    const library = context.library();
    const ids = await chosenIds(library, images);
    const labels = ids.map((imageId) => ({ imageId, classId }));
    const { result, changeId } = await asStep(library, () => library.write.setLabels(labels, 'person'));
    context.changed('labels');
    if (classId !== null) void noteAnswered(library, ids);
    return { changed: result, changeId };
  },
  'labels.mark': async (context, { images, mark }) => {
    const library = context.library();
    const ids = await chosenIds(library, images);
    const { result, changeId } = await asStep(library, () => library.write.setMarks([...ids], mark));
    context.changed('labels');
    if (mark !== null) void noteAnswered(library, ids);
    return { changed: result, changeId };
  },
  'labels.undo': (context, request) =>
    told(context, context.library().write.undoLabels(request?.only ?? null)),
  'labels.redo': (context) => told(context, context.library().write.redoLabels()),
  'labels.recent': async (context, { count }) => [...(await context.library().read.recentChanges(count))],
  'labels.counts': async (context) => [...(await context.library().read.countLabels())],
  'labels.round': (context) => currentRound(context.library()),
  'labels.nextRound': (context, { after }) => nextRound(context.library(), after),
  'labels.images': async (context, { ids }) => [...(await askedImages(context.library(), ids))],
  'labels.embeddings': async (context) => ({ state: await embeddingState(context.library()) }),
  'labels.embed': async (context) => {
    startEmbedding(context);
    return null;
  },
  'labels.folderNames': (context) => folderNames(context.library()),
  'labels.fromFolders': (context) => fromSource(context, { source: { kind: 'folders' } }),
  'labels.fromCsv': (context, { name, text, newClasses }) =>
    fromSource(context, { source: { kind: 'text', name, text }, newClasses }),
  'classes.list': async (context) => [...(await context.library().read.listClasses())],
  'classes.create': async (context, { name }) => {
    const row = await context.library().write.createClass(name.normalize('NFC'));
    context.changed('classes');
    return row;
  },
  'classes.rename': async (context, { id, name }) => {
    await context.library().write.renameClass(id, name.normalize('NFC'));
    context.changed('classes', 'labels');
    return null;
  },
  'classes.change': async (context, { id, ...look }) => {
    await context.library().write.changeClass(id, look);
    context.changed('classes');
    return null;
  },
  'classes.preview': (context, { id }) => context.library().read.previewRemoval(id),
  'classes.merge': async (context, { from, into }) => {
    const library = context.library();
    const { result, changeId } = await asStep(library, () => library.write.mergeClasses(from, into));
    context.changed('classes', 'labels');
    return { changed: result, changeId };
  },
  'classes.delete': async (context, { id }) => {
    const library = context.library();
    const { result, changeId } = await asStep(library, () => library.write.deleteClass(id));
    context.changed('classes', 'labels');
    return { changed: result, changeId };
  },
};

/** Tells what a step through the history has changed. */
async function told(
  context: ApplicationContext,
  step: Promise<HistoryStep | null>,
): Promise<HistoryStep | null> {
  const done = await step;
  if (done !== null) context.changed('labels', ...(done.classes.length > 0 ? (['classes'] as const) : []));
  return done;
}

async function fromSource(
  context: ApplicationContext,
  options: LabelOptions,
): Promise<CommandResult<'labels.fromFolders'>> {
  const { changed, changeId } = await labelImages(context.library(), options);
  context.changed('classes', 'labels');
  return { changed, changeId };
}
