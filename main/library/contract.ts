import {
  addCheckpoint,
  latestCheckpoint,
  latestPretrained,
  listCheckpoints,
  removeCheckpoint,
} from './checkpoints.ts';
import { lastChange } from './changes.ts';
import { deleteClass, mergeClasses, previewRemoval, renameClass } from './classChanges.ts';
import { changeClass, createClass, ensureClasses, listClasses } from './classes.ts';
import { confirmLabels } from './confirmedLabels.ts';
import { getClassifier, latestClassifier, requireClassifier } from './classifiers.ts';
import { countFilters } from './countFilters.ts';
import type { ReadableDatabase, WritableDatabase } from './database.ts';
import { beginDecisions, endDecisions, listTestRoots, openDecisions } from './decisions.ts';
import { changeDuplicates, getDuplicateGroup, listDuplicateGroups, planDuplicates } from './duplicates.ts';
import {
  firstOfSlots,
  getEmbeddings,
  latestEmbeddings,
  listReadySlots,
  setEmbeddings,
} from './embeddings.ts';
import { addEvaluation, listEvaluations } from './evaluations.ts';
import { addExport, forgetExport, listExports } from './exports.ts';
import { countRoot, listFolders } from './folders.ts';
import { planFollowers, planHeldOut } from './heldOutPlan.ts';
import { followDuplicates, holdOut, holdOutRoots, trainOnRest } from './heldOutPool.ts';
import {
  countImages,
  findImagesByPaths,
  getImage,
  listFolderLabels,
  listKnownImages,
  listRemarks,
  listTrainingSlots,
  listUnreadable,
  sampleFiles,
  slotsInUse,
  spreadImages,
} from './images.ts';
import { keepTraining } from './keepTraining.ts';
import { labelByName } from './labelByName.ts';
import { redoLabels, undoLabels } from './labelHistory.ts';
import { countLabels, getLabel, listLabelledFiles, listLabelledSlots, setLabels } from './labels.ts';
import { listMarked, setMarks } from './marks.ts';
import { addMetrics, dropMetricsAfter, latestMetrics, listMetrics } from './metrics.ts';
import { listConfusionCell, listMistakes, listPredictions, setPredictions } from './predictions.ts';
import type { ProjectFolders } from './project.ts';
import { recentChanges } from './recentChanges.ts';
import { keepReportCell, listReportCells } from './reportCells.ts';
import { ensureRoots, listRoots, moveRoots } from './roots.ts';
import { createRun, endRun, getRun, listRuns, requireRun, restartRun, updateRun } from './runs.ts';
import { getSettings, type ProjectSettings } from './settings.ts';
import { readSuggestionPool } from './suggestionPool.ts';
import { getThumbnail } from './thumbnails.ts';
import { findPosition, listQueryIds, listRows, listWindow } from './windows.ts';
import { writeBatch } from './writeBatch.ts';

/**
 * What an open library can be asked for: functions of the tables' modules by their names, which take a connection
 * first. One list each for reading and writing; everything else is derived from their types, so that a new function is
 * one word here. What goes in and comes out passes between threads: plain data, no functions, no iterators.
 */
export const readFunctions = {
  countFilters,
  countImages,
  countLabels,
  countRoot,
  findImagesByPaths,
  findPosition,
  firstOfSlots,
  getClassifier,
  getDuplicateGroup,
  getEmbeddings,
  getImage,
  getLabel,
  getRun,
  getSettings,
  getThumbnail,
  latestCheckpoint,
  latestClassifier,
  latestEmbeddings,
  latestMetrics,
  latestPretrained,
  listCheckpoints,
  listClasses,
  listConfusionCell,
  listDuplicateGroups,
  listEvaluations,
  listExports,
  listFolderLabels,
  listFolders,
  listKnownImages,
  listLabelledFiles,
  listLabelledSlots,
  listMarked,
  listMetrics,
  listMistakes,
  listPredictions,
  listQueryIds,
  listReadySlots,
  listRemarks,
  listReportCells,
  listRoots,
  listRows,
  listRuns,
  listTestRoots,
  listTrainingSlots,
  listUnreadable,
  listWindow,
  openDecisions,
  planDuplicates,
  planFollowers,
  planHeldOut,
  previewRemoval,
  readSuggestionPool,
  recentChanges,
  requireClassifier,
  requireRun,
  sampleFiles,
  slotsInUse,
  spreadImages,
} as const satisfies Functions<ReadableDatabase>;

/** Each is one transaction, or leaves nothing half done when the process dies within it. */
export const writeFunctions = {
  addCheckpoint,
  addEvaluation,
  addExport,
  addMetrics,
  beginDecisions,
  changeClass,
  changeDuplicates,
  confirmLabels,
  createClass,
  createRun,
  deleteClass,
  dropMetricsAfter,
  endDecisions,
  endRun,
  ensureClasses,
  ensureRoots,
  forgetExport,
  followDuplicates,
  holdOut,
  holdOutRoots,
  keepReportCell,
  keepTraining,
  labelByName,
  lastChange,
  mergeClasses,
  moveRoots,
  redoLabels,
  removeCheckpoint,
  renameClass,
  restartRun,
  setEmbeddings,
  setLabels,
  setMarks,
  setPredictions,
  trainOnRest,
  undoLabels,
  updateRun,
  writeBatch,
} as const satisfies Functions<WritableDatabase>;

/** Those that may take long at a million images: they have a reader of their own, so that the others never wait. */
export const slowReads: ReadonlySet<string> = new Set<keyof typeof readFunctions>([
  'countFilters',
  'countImages',
  'countLabels',
  'countRoot',
  'findImagesByPaths',
  'listDuplicateGroups',
  'listFolderLabels',
  'listFolders',
  'listKnownImages',
  'listLabelledFiles',
  'listLabelledSlots',
  'listReadySlots',
  'listRemarks',
  'listTrainingSlots',
  'listUnreadable',
  'planDuplicates',
  'planFollowers',
  'planHeldOut',
  'previewRemoval',
  'readSuggestionPool',
  'sampleFiles',
  'slotsInUse',
  'spreadImages',
]);

type Functions<D> = Readonly<Record<string, (db: D, ...values: never[]) => unknown>>;

/** The same functions to whom they are open: without the connection, with a promise. */
type Remote<F> = {
  readonly [Name in keyof F]: F[Name] extends (db: never, ...values: infer Values) => infer Result
    ? (...values: Values) => Promise<Result>
    : never;
};

export type LibraryReader = Remote<typeof readFunctions>;
export type LibraryWriter = Remote<typeof writeFunctions>;

/** A project open to be looked at. */
export interface ReadOnlyLibrary extends ProjectFolders {
  readonly read: LibraryReader;
  /** Lets what it was asked come to its end first. */
  close(): Promise<void>;
}

/** A project open for reading and writing; its lock is held until it is closed. */
export interface Library extends ReadOnlyLibrary {
  readonly write: LibraryWriter;
}

export interface OpenOptions {
  /** Makes a project where there is none, with these settings (see `createProject`); absent: there must be one. */
  readonly create?: Partial<ProjectSettings>;
}

/** What a thread is started for. */
export type ThreadRole = 'reader' | 'writer';

export interface Call {
  readonly id: number;
  readonly name: string;
  readonly values: readonly unknown[];
}

export type ToThread =
  | { readonly kind: 'open'; readonly folder: string; readonly options: OpenOptions }
  | { readonly kind: 'call'; readonly call: Call }
  | { readonly kind: 'close' };
