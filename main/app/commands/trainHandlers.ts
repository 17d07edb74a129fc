import { answerList, classifierDetails, listClassifierRuns } from '../classifierRuns.ts';
import { findLabelReport, usualReport } from '../labelReport.ts';
import { startMeasuring } from '../startMeasuring.ts';
import { startReport } from '../startReport.ts';
import { startTraining } from '../startTraining.ts';
import { trainingOutlook } from '../trainingOutlook.ts';
import type { trainCommands } from '../../../shared/contract/trainCommands.ts';
import type { Handlers } from '../handler.ts';

/** Images behind one cell that are shown. */
const mostAnswers = 500;

export const trainHandlers: Handlers<keyof typeof trainCommands> = {
  'train.outlook': (context) => trainingOutlook(context.library()),
  'train.start': async (context, { modes, settings = {} }) => {
    await startTraining(context, modes, settings);
    return null;
  },
  'train.runs': (context) => listClassifierRuns(context.library()),
  'train.details': (context, { runId }) => classifierDetails(context.library(), runId),
  'train.cell': async (context, { runId, labelClassId, answerClassId }) =>
    answerList(
      await context.library().read.listConfusionCell(runId, labelClassId, answerClassId),
      mostAnswers,
    ),
  'train.mistakes': async (context, { runId, count }) => {
    const { read } = context.library();
    return answerList(await read.listMistakes(runId, Number.MAX_SAFE_INTEGER), count);
  },
  'train.confirm': async (context, { ids, confirmed }) => {
    await context.library().write.confirmLabels(ids, confirmed);
    context.changed('labels');
    return null;
  },
  'train.measure': async (context, { runId, folder }) => {
    await startMeasuring(context, runId, folder);
    return null;
  },
  'train.report': (context) => findLabelReport(context.library(), usualReport),
  'train.startReport': async (context) => {
    await startReport(context);
    return null;
  },
};
