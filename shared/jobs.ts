import type {
  EvaluateProgress,
  EvaluateRequest,
  EvaluateResult,
  PixelProbeRequest,
  PixelProbeResult,
  TrainProgress,
  TrainRequest,
  TrainResult,
} from './classifying.ts';
import type {
  ExportProgress,
  ExportRequest,
  ExportResult,
  PredictProgress,
  PredictRequest,
  PredictResult,
} from './exporting.ts';
import type { FileKey, ImportBatch, ImportProgress, ImportRequest } from './importing.ts';
import type { DeviceChoice } from './devices.ts';
import type {
  MakeSamplesProgress,
  MakeSamplesRequest,
  MakeSamplesResult,
  PictureRequest,
  PictureResult,
  PreviewViewsRequest,
  PreviewViewsResult,
} from './pictures.ts';
import type {
  EmbedProgress,
  EmbedRequest,
  EmbedResult,
  NeighboursRequest,
  NeighboursResult,
  SuggestRequest,
  SuggestResult,
} from './selecting.ts';
import type { PlainError } from './errors.ts';
import type { FoundDevice } from './pretraining.ts';
import type { PretrainJob, PretrainOutcome, TrainingEvent } from './trainingEvents.ts';

/**
 * The jobs of the worker process: what each is asked, what it says on its way, what it answers. All plain data,
 * since it crosses a process boundary (structured clone: typed arrays travel as they are).
 */
export interface JobTypes {
  import: {
    readonly request: ImportRequest;
    readonly event:
      | { readonly kind: 'progress'; readonly progress: ImportProgress }
      | { readonly kind: 'batch'; readonly batch: ImportBatch }
      /** Only in a careful import: the next file to be decoded, told before it is touched; null when it is over. */
      | { readonly kind: 'trying'; readonly file: FileKey | null };
    readonly result: null;
  };
  pretrain: {
    readonly request: { readonly job: PretrainJob; readonly device: DeviceChoice };
    readonly event: TrainingEvent;
    readonly result: PretrainOutcome;
  };
  train: {
    readonly request: TrainRequest;
    readonly event: TrainProgress;
    readonly result: TrainResult;
  };
  evaluate: {
    readonly request: EvaluateRequest;
    readonly event: EvaluateProgress;
    readonly result: EvaluateResult;
  };
  export: {
    readonly request: ExportRequest;
    readonly event: ExportProgress;
    readonly result: ExportResult;
  };
  predict: {
    readonly request: PredictRequest;
    readonly event: PredictProgress;
    readonly result: PredictResult;
  };
  embed: {
    readonly request: EmbedRequest;
    readonly event: EmbedProgress;
    readonly result: EmbedResult;
  };
  suggest: {
    readonly request: SuggestRequest;
    readonly event: never;
    readonly result: SuggestResult;
  };
  neighbours: {
    readonly request: NeighboursRequest;
    readonly event: never;
    readonly result: NeighboursResult;
  };
  pixelProbe: {
    readonly request: PixelProbeRequest;
    readonly event: never;
    readonly result: PixelProbeResult;
  };
  previewViews: {
    readonly request: PreviewViewsRequest;
    readonly event: never;
    readonly result: PreviewViewsResult;
  };
  picture: {
    readonly request: PictureRequest;
    readonly event: never;
    readonly result: PictureResult;
  };
  findDevices: {
    readonly request: null;
    readonly event: never;
    readonly result: readonly FoundDevice[];
  };
  makeSamples: {
    readonly request: MakeSamplesRequest;
    readonly event: MakeSamplesProgress;
    readonly result: MakeSamplesResult;
  };
}

export type JobName = keyof JobTypes;

/** What each is called in a sentence. */
export const jobNouns: Readonly<Record<JobName, string>> = {
  import: 'import',
  pretrain: 'pretraining',
  train: 'training of the classifier',
  evaluate: 'evaluation',
  export: 'export',
  predict: 'prediction',
  embed: 'reading of the images by the encoder',
  suggest: 'choice of images to label',
  neighbours: 'search for images that look alike',
  pixelProbe: 'classifier of pixels',
  previewViews: 'preview',
  picture: 'reading of a picture',
  findDevices: 'search for devices',
  makeSamples: 'drawing of the sample images',
};

export type JobRequest<J extends JobName> = JobTypes[J]['request'];
export type JobEvent<J extends JobName> = JobTypes[J]['event'];
export type JobResult<J extends JobName> = JobTypes[J]['result'];

/** What a job gets beside its request. */
export interface JobHost<J extends JobName> {
  /**
   * Hands an event to the application, which never sees them out of order. Resolves when the application has dealt
   * with it (a batch of rows: when they are in the database): await it where that matters or to keep memory flat.
   */
  report(event: JobEvent<J>): Promise<void>;
  /** Aborted with the `cancelled` error as its reason: the job saves what it has, and throws the reason or ends. */
  readonly signal: AbortSignal;
  /** Lets a job that can be paused be so; others do not look at it. */
  readonly pace: Pace;
}

/** How a long job is told to rest, to go on, or to end early with what it has. Looked at between two steps. */
export interface Pace {
  /** Whether it shall rest now. */
  readonly pausing: boolean;
  /** Whether it shall end now and keep what it has, as if that had been all. */
  readonly finishing: boolean;
  /** Says that the job rests, everything saved. Resolves when it may go on, or shall end, or `signal` is aborted. */
  rest(): Promise<void>;
}

/** The pace of a job that nobody paces. */
export const steadyPace: Pace = { pausing: false, finishing: false, rest: () => Promise.resolve() };

/** From the application to the worker process. One process runs one job. */
export type MessageToWorker =
  | { readonly kind: 'prepare'; readonly job: JobName }
  | { readonly kind: 'start'; readonly job: JobName; readonly request: JobRequest<JobName> }
  | { readonly kind: 'taken'; readonly id: number }
  | { readonly kind: 'refused'; readonly id: number; readonly error: PlainError }
  | { readonly kind: 'cancel'; readonly job: JobName }
  | { readonly kind: 'pause' }
  | { readonly kind: 'continue' }
  | { readonly kind: 'finish' };

/** From the worker process to the application. */
export type MessageFromWorker =
  | { readonly kind: 'event'; readonly id: number; readonly event: JobEvent<JobName> }
  | { readonly kind: 'paused' }
  | { readonly kind: 'done'; readonly result: JobResult<JobName> }
  | { readonly kind: 'failed'; readonly error: PlainError };
