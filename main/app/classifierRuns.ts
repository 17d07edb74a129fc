import type {
  AnswerList,
  ClassifierDetails,
  ClassifierMeasurement,
  ClassifierRun,
} from '../../shared/classifierRuns.ts';
import type { Evaluation } from '../../shared/evaluation.ts';
import type { EvaluationRow, PredictionRow, RunId, RunRow } from '../../shared/records.ts';
import type { ReadOnlyLibrary } from '../library/client.ts';

type Reader = ReadOnlyLibrary['read'];

/** All trainings of classifiers, newest first. */
export async function listClassifierRuns({ read }: ReadOnlyLibrary): Promise<ClassifierRun[]> {
  const runs = await read.listRuns();
  const methods = new Map(runs.map((run) => [run.id, run.method ?? '']));
  const trained = runs.filter(({ kind }) => kind !== 'pretrain').toReversed();
  return Promise.all(trained.map((run) => readRun(read, run, methods)));
}

/** One of them with everything that was measured of it; null where there is none of that number. */
export async function classifierDetails(
  { read }: ReadOnlyLibrary,
  runId: RunId,
): Promise<ClassifierDetails | null> {
  const row = await read.getRun(runId);
  if (row === null || row.kind === 'pretrain') return null;
  const parent = row.parentRunId === null ? null : await read.getRun(row.parentRunId);
  const methods = new Map(parent === null ? [] : [[parent.id, parent.method ?? '']]);
  const [run, classifier, evaluations, answers] = await Promise.all([
    readRun(read, row, methods),
    read.getClassifier(runId),
    read.listEvaluations(runId),
    read.listPredictions(runId),
  ]);
  return {
    run,
    classIds: [...(classifier?.classIds ?? [])],
    measurements: evaluations.map(measurementOf),
    relabelled: answers.filter(({ labelNow, labelClassId }) => labelNow !== labelClassId).length,
  };
}

function measurementOf({ id, on, measuredAt, metrics }: EvaluationRow): ClassifierMeasurement {
  return { id, on, measuredAt, evaluation: metrics as unknown as Evaluation };
}

async function readRun(
  read: Reader,
  run: RunRow,
  methods: ReadonlyMap<RunId, string>,
): Promise<ClassifierRun> {
  const [classifier, evaluations] = await Promise.all([
    read.getClassifier(run.id),
    read.listEvaluations(run.id),
  ]);
  const { parentRunId } = run;
  const settings = run.settings as unknown as {
    readonly labels?: number;
    readonly heldOutLabels?: number;
    readonly classesLeftOut?: readonly string[];
    readonly report?: { readonly trainingAccuracy?: number };
  };
  return {
    runId: run.id,
    mode: run.kind as ClassifierRun['mode'],
    encoder: run.encoder,
    pretraining: parentRunId === null ? null : { runId: parentRunId, method: methods.get(parentRunId) ?? '' },
    state: run.state,
    error: run.error,
    trained: classifier !== null,
    labels: settings.labels ?? null,
    heldOutLabels: settings.heldOutLabels ?? null,
    measured: measuredOf(evaluations),
    trainingAccuracy: settings.report?.trainingAccuracy ?? null,
    classesLeftOut: [...(settings.classesLeftOut ?? [])],
    startedAt: run.startedAt,
    endedAt: run.endedAt,
  };
}

/** The newest measurement on the project's own images. */
function measuredOf(evaluations: readonly EvaluationRow[]): ClassifierRun['measured'] {
  const own = evaluations.findLast(({ on }) => on === 'held-out' || on === 'cross-validation');
  if (own === undefined) return null;
  const { evaluation, measuredAt } = measurementOf(own);
  const on = own.on === 'held-out' ? 'held-out' : 'cross-validation';
  return { on, top1: evaluation.top1, top5: evaluation.top5, measuredAt };
}

/** The first `count` of answers, for people. */
export function answerList(answers: readonly PredictionRow[], count: number): AnswerList {
  const shown = answers.slice(0, count);
  return {
    answers: shown.map(({ imageId, displayName, labelClassId, answerClassId, confidence, labelNow }) => ({
      ...{ imageId, displayName, labelClassId, answerClassId, confidence, labelNow },
    })),
    total: answers.length,
  };
}
