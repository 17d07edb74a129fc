import { thinCurve, type CurvePoint, type PretrainRun, type PretrainView } from '../../shared/pretraining.ts';
import type { Json, MetricRow, RunId, RunRow } from '../../shared/records.ts';
import type { ReadOnlyLibrary } from '../library/client.ts';
import { readTrace, type TrainingTrace } from './trainingTrace.ts';

/** The pretrainings of a project, the newest first. */
export async function listPretrainRuns({ read }: ReadOnlyLibrary): Promise<PretrainRun[]> {
  return (await read.listRuns('pretrain')).map(describeRun).toReversed();
}

/**
 * All that there is to see of a pretraining.
 * @param live what is known of it when it is under way here
 * @throws run-not-found
 */
export async function readPretrainRun(
  library: ReadOnlyLibrary,
  id: RunId,
  live: TrainingTrace | null,
): Promise<PretrainView> {
  const { read } = library;
  const run = describeRun(await read.requireRun(String(id)));
  const trace = live ?? readTrace(library, id);
  if (trace !== null) return { run, ...trace, loss: [...thinCurve(trace.loss)] };
  const [loss, knn] = await Promise.all([read.listMetrics(id, 'loss'), read.listMetrics(id, 'knnAccuracy')]);
  return { run, loss: curveOf(loss), knn: curveOf(knn), newest: {} };
}

export function describeRun(row: RunRow): PretrainRun {
  const { id, state, error, method, encoder, doneSteps, totalSteps, startedAt, endedAt } = row;
  const settings = recordOf(row.settings);
  const plan = recordOf(settings['plan']);
  const number = (name: string): number | null => numberOf(plan[name]) ?? numberOf(settings[name]);
  const minutes = numberOf(settings['minutes']);
  const epochs = numberOf(settings['epochs']);
  return {
    ...{ id, state, error, encoder, doneSteps, totalSteps, startedAt, endedAt },
    method: method ?? '',
    imageSize: number('imageSize'),
    batchSize: number('batchSize'),
    stepsPerEpoch: number('stepsPerEpoch'),
    device: typeof settings['usedDevice'] === 'string' ? settings['usedDevice'] : null,
    preset: typeof settings['preset'] === 'string' ? settings['preset'] : '',
    time: minutes !== null ? { minutes } : epochs !== null ? { epochs } : null,
  };
}

function curveOf(rows: readonly MetricRow[]): CurvePoint[] {
  return [...thinCurve(rows.map(({ step, value }) => ({ step, value })))];
}

function recordOf(value: Json | undefined): Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, Json>>)
    : {};
}

function numberOf(value: Json | undefined): number | null {
  return typeof value === 'number' ? value : null;
}
