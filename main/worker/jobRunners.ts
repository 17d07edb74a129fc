import type { JobHost, JobName, JobRequest, JobResult } from '../../shared/jobs.ts';

export type JobRunner<J extends JobName> = (
  request: JobRequest<J>,
  host: JobHost<J>,
) => Promise<JobResult<J>>;

/**
 * One entry a job, loaded when the job starts: an import never loads ONNX Runtime, a training never loads the image
 * decoder. A new job is a row in `JobTypes` and a line here.
 */
export const jobRunners: { readonly [J in JobName]: () => Promise<JobRunner<J>> } = {
  import: async () => (await import('./runImport.ts')).runImport,
  pretrain: async () => (await import('./runPretrain.ts')).runPretrain,
  train: async () => (await import('./runTrain.ts')).runTrain,
  evaluate: async () => (await import('./runEvaluate.ts')).runEvaluate,
  export: async () => (await import('./runExport.ts')).runExport,
  predict: async () => (await import('./runPredict.ts')).runPredict,
  embed: async () => (await import('./runEmbed.ts')).runEmbed,
  suggest: async () => (await import('./runSuggest.ts')).runSuggest,
  neighbours: async () => (await import('./runNeighbours.ts')).runNeighbours,
  pixelProbe: async () => (await import('./runPixelProbe.ts')).runPixelProbe,
  previewViews: async () => (await import('./runPreviewViews.ts')).runPreviewViews,
  picture: async () => (await import('./runPicture.ts')).runPicture,
  findDevices: async () => (await import('./runFindDevices.ts')).runFindDevices,
  makeSamples: async () => (await import('./runMakeSamples.ts')).runMakeSamples,
};
