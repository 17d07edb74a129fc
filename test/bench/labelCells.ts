import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { findMethod } from '../../main/ssl/methods.ts';
import { recipeOf } from '../../shared/pretraining.ts';
import { say } from './report.ts';
import type { ReportCell } from '../../shared/labelReport.ts';

/** Side of the photographs in pixels. */
const photographSide = 32;

/** What was chosen for all methods alike: results of other choices cannot stand beside these. */
export interface LabelBenchRecipe {
  readonly encoder: string;
  readonly width: number;
  readonly epochs: number;
  readonly seed: number;
  readonly maxSteps: number;
  /** Of fine-tuning on all labels: the same number would not see each of them twice. */
  readonly maxStepsOnAll: number;
  /** Photographs of each class to learn from; absent: all. */
  readonly perClass?: number;
}

export interface KnnPoint {
  readonly epoch: number;
  /** Of the labelled training photographs, those that their nearest others name rightly. */
  readonly accuracy: number;
}

/** One method's pretraining. */
export interface PretrainedMethod {
  /** `recipeFingerprint` of the method when it was pretrained. */
  readonly recipe: string;
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
  /** Of a method with an encoder of its own: from scratch and the random encoder with that one, 1 % of the labels. */
  readonly fresh?: readonly ReportCell[];
}

export interface LabelResults {
  readonly recipe: LabelBenchRecipe;
  readonly machine: string;
  /** From scratch and the random encoder, which know no method; with the encoder of most. */
  readonly fresh: readonly ReportCell[];
  readonly methods: Readonly<Record<string, MethodResult>>;
}

/** Whether a method is a whole recipe, whose encoder is not the one of the others. */
export function hasOwnEncoder(name: string): boolean {
  return recipeOf(name) !== null;
}

/** Changes whenever anything changes that a method would do with the photographs: settings, optimizer, batch, views. */
export function recipeFingerprint(name: string): string {
  const method = findMethod(name);
  if (!method) throw new Error(`there is no method ${name}`);
  const defaults = method.defaults('small');
  const views = method.views(defaults.settings, 'small', photographSide);
  const all = JSON.stringify({ ...defaults, views, own: method.recipe ?? null });
  return createHash('sha256').update(all).digest('hex').slice(0, 12);
}

/**
 * What earlier runs finished; without the methods whose recipe is another one by now, which is said. Throws where they
 * followed another choice for all methods.
 */
export function readResults(path: string, recipe: LabelBenchRecipe, machine: string): LabelResults {
  if (!existsSync(path)) return { recipe, machine, fresh: [], methods: {} };
  const results = JSON.parse(readFileSync(path, 'utf8')) as LabelResults;
  if (JSON.stringify(results.recipe) !== JSON.stringify(recipe)) {
    throw new Error(`${path} holds results of another recipe: ${JSON.stringify(results.recipe)}`);
  }
  const methods = Object.entries(results.methods).filter(([name, { pretrained }]) => {
    const same = pretrained.recipe === recipeFingerprint(name);
    if (!same) say(`${name}: its recipe has changed, so that it is done anew`);
    return same;
  });
  return { ...results, methods: Object.fromEntries(methods) };
}

export function writeResults(path: string, results: LabelResults): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(results, null, 1)}\n`);
}
