import { mostCurvePoints, thinCurve, type CurvePoint, type PretrainView } from './pretraining.ts';
import type { TrainingEvent } from './trainingEvents.ts';

/** What is known of a run, and one more of its reports. Reports that are known already change nothing. */
export function mergeTraining(view: PretrainView, event: TrainingEvent): PretrainView {
  const { run, newest } = view;
  switch (event.kind) {
    case 'started':
      return {
        ...view,
        run: {
          ...run,
          ...{ state: 'running', doneSteps: event.step, totalSteps: event.totalSteps },
          ...{ batchSize: event.batchSize, imageSize: event.imageSize },
          ...{ stepsPerEpoch: event.stepsPerEpoch, device: event.device },
        },
        // A resumed run does again what came after its checkpoint.
        loss: upTo(view.loss, event.step),
        knn: upTo(view.knn, event.step),
        // Its speed is another one, and until it is known none.
        newest: without(newest, 'progress'),
      };
    case 'progress':
      return {
        ...view,
        run: { ...run, doneSteps: Math.max(run.doneSteps, event.step), totalSteps: event.totalSteps },
        loss: appended(view.loss, { step: event.step, value: event.loss }),
        newest: { ...newest, progress: event },
      };
    case 'epoch':
      return {
        ...view,
        knn:
          event.knnAccuracy === null
            ? view.knn
            : appended(view.knn, { step: event.step, value: event.knnAccuracy }),
        newest: { ...newest, epoch: event },
      };
    case 'health':
      return { ...view, newest: { ...newest, health: event } };
    case 'energies':
      return { ...view, newest: { ...newest, energies: event } };
    case 'neighbours': {
      const first = newest.firstNeighbours ?? event;
      return { ...view, newest: { ...newest, firstNeighbours: first, neighbours: event } };
    }
    case 'pause':
    case 'checkpoint':
      return view;
    case 'end':
      return { ...view, run: { ...run, doneSteps: event.step } };
  }
}

function upTo(points: readonly CurvePoint[], step: number): readonly CurvePoint[] {
  return points.filter((point) => point.step <= step);
}

/** In halves when it has grown to twice of what can be seen, so that not each point costs a copy of all. */
function appended(points: readonly CurvePoint[], point: CurvePoint): readonly CurvePoint[] {
  if (!Number.isFinite(point.value) || point.step <= (points.at(-1)?.step ?? -1)) return points;
  const all = [...points, point];
  return all.length > 2 * mostCurvePoints ? thinCurve(all) : all;
}

function without<T extends object, K extends keyof T>(record: T, name: K): Omit<T, K> {
  const { [name]: _, ...rest } = record;
  return rest;
}
