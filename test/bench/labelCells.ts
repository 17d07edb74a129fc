import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ReportCell } from '../../shared/labelReport.ts';

/** What was chosen for all methods alike: results of other choices cannot stand beside these. */
export interface LabelBenchRecipe {
  readonly encoder: string;
  readonly width: number;
  readonly epochs: number;
  readonly seed: number;
  readonly maxSteps: number;
}

export interface KnnPoint {
  readonly epoch: number;
  /** Of the labelled training photographs, those that their nearest others name rightly. */
  readonly accuracy: number;
}

/** One method's pretraining. */
export interface PretrainedMethod {
  readonly seconds: number;
  readonly steps: number;
  readonly batchSize: number;
  readonly imagesPerSecond: number;
  /** The step from which it went on after it was killed. */
  readonly resumedFrom: number;
  readonly knn: readonly KnnPoint[];
}

export interface MethodResult {
  readonly pretrained: PretrainedMethod;
  readonly cells: readonly ReportCell[];
}

export interface LabelResults {
  readonly recipe: LabelBenchRecipe;
  readonly machine: string;
  /** From scratch and the random encoder, which know no method. */
  readonly fresh: readonly ReportCell[];
  readonly methods: Readonly<Record<string, MethodResult>>;
}

/** What earlier runs finished. Throws where they followed another recipe. */
export function readResults(path: string, recipe: LabelBenchRecipe, machine: string): LabelResults {
  if (!existsSync(path)) return { recipe, machine, fresh: [], methods: {} };
  const results = JSON.parse(readFileSync(path, 'utf8')) as LabelResults;
  if (JSON.stringify(results.recipe) !== JSON.stringify(recipe)) {
    throw new Error(`${path} holds results of another recipe: ${JSON.stringify(results.recipe)}`);
  }
  return results;
}

export function writeResults(path: string, results: LabelResults): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(results, null, 1)}\n`);
}
