import { genoiseError } from '../../../shared/errors.ts';
import { exportSources, findExport, listExportedItems, readExportTexts } from '../exportLists.ts';
import { startLabelExport, startModelExport, startPredictions } from '../startExport.ts';
import type { exportCommands } from '../../../shared/contract/exportCommands.ts';
import type { Handlers } from '../handler.ts';

export const exportHandlers: Handlers<keyof typeof exportCommands> = {
  'export.sources': (context) => exportSources(context.library(), context.options.showInFolder !== undefined),
  'export.list': (context) => listExportedItems(context.library()),
  'export.model': async (context, order) => {
    await startModelExport(context, order);
    return null;
  },
  'export.labels': async (context, { format, into }) => {
    await startLabelExport(context, format, into);
    return null;
  },
  'export.predictions': async (context, order) => {
    await startPredictions(context, order);
    return null;
  },
  'export.texts': async (context, { id }) => {
    const item = await findExport(context.library(), id);
    return item === null ? null : readExportTexts(item);
  },
  'export.show': async (context, { id }) => {
    const item = await findExport(context.library(), id);
    if (item?.exists !== true) throw genoiseError('export-gone', { path: item?.path ?? '' });
    context.options.showInFolder?.(item.path);
    return null;
  },
  'export.forget': async (context, { id }) => {
    await context.library().write.forgetExport(id);
    context.changed('exports');
    return null;
  },
};
