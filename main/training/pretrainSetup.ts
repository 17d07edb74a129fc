import { basename } from 'node:path';
import { genoiseError } from '../../shared/errors.ts';
import { graphStates, type Graph } from '../engine/graph/graph.ts';
import { sameShape } from '../engine/graph/shape.ts';
import { initialState } from '../nn/initialize.ts';
import { encoderNames, largestWidth, smallestWidth, type EncoderName } from '../nn/encoder.ts';
import { viewPresets } from '../ssl/views/presets.ts';
import { hashSamples } from './checkpoint.ts';
import { newestCheckpoint, type FoundCheckpoint } from './checkpointFolder.ts';
import { readInitialEncoder } from './initialEncoder.ts';
import { graphOfPlan, planEpochs, planPretraining, type PlanDraft, type PretrainingPlan } from './plan.ts';
import type { PretrainJob } from '../../shared/trainingEvents.ts';
import type { Tensors } from '../engine/execute/executor.ts';
import type { Method } from '../ssl/method.ts';
import type { ViewPresetName } from '../ssl/views/presets.ts';
import type { PretrainingGraph } from './pretrainingGraph.ts';

/** Where a run stands before its first step in this process. */
export interface RunStart {
  readonly method: Method;
  /** Null while a time budget has not been turned into steps yet. */
  readonly plan: PretrainingPlan | null;
  readonly draft: PlanDraft;
  readonly built: PretrainingGraph;
  /** Freed once a program and a plan have been made of it. */
  readonly state: Tensors;
  /** Steps done. */
  readonly step: number;
  /** The checkpoint that a resumed run goes on from. */
  readonly from: FoundCheckpoint | null;
}

/**
 * Plans a new run, or takes up one from its newest sound checkpoint. A run that died before its first checkpoint
 * starts anew, as it did the first time.
 * @throws run-not-resumable, checkpoint-corrupted, invalid-option, and what `planPretraining` and
 * `readInitialEncoder` throw
 */
export function startRun(job: PretrainJob, methods: readonly Method[], slotSize: number): RunStart {
  const found = job.resume ? newestCheckpoint(job.checkpointFolder) : null;
  return found ? resumedRun(job, methods, slotSize, found) : newRun(job, methods, slotSize);
}

function newRun(job: PretrainJob, methods: readonly Method[], slotSize: number): RunStart {
  const method = methodNamed(job.method, methods);
  const init = job.init ?? null;
  const draft: PlanDraft = {
    ...planPretraining({
      ...job,
      method,
      encoder: checkedEncoder(job.encoder),
      preset: checkedPreset(job.preset),
      imageCount: job.slots.length,
      slotSize,
    }),
    ...(init !== null && { init: basename(init) }),
  };
  const built = graphOfPlan(draft, method);
  const given = init === null ? {} : readInitialEncoder(init, { ...draft, variables: built.variables });
  const epochs = job.epochs ?? method.recipe?.epochs ?? null;
  const plan = job.minutes === null ? planEpochs(draft, epochs) : null;
  const state = initialState(built.variables, job.seed, given);
  return { method, plan, draft, built, state, step: 0, from: null };
}

function resumedRun(
  job: PretrainJob,
  methods: readonly Method[],
  slotSize: number,
  from: FoundCheckpoint,
): RunStart {
  const { metadata, state } = from.checkpoint;
  const { plan, step } = metadata;
  const refuse = (reason: string): Error =>
    genoiseError('run-not-resumable', { run: String(job.runId), reason });
  if (metadata.samplesHash !== hashSamples(job.slots)) throw refuse('its training images have changed');
  if (plan.slotSize !== slotSize) throw refuse('the images were stored anew at another size');
  const method = methodNamed(plan.method.name, methods);
  const built = graphOfPlan(plan, method);
  if (!fits(built.graph, state)) throw refuse('it was made by another version of Genoise');
  return { method, plan, draft: plan, built, state, step, from };
}

/** Whether a checkpoint holds just the states of the graph. */
function fits(graph: Graph, state: Tensors): boolean {
  const expected = graphStates(graph);
  const names = Object.keys(state);
  return (
    names.length === expected.size &&
    names.every((name) => {
      const node = expected.get(name);
      return node?.dtype === state[name].dtype && sameShape(node.shape, state[name].shape);
    })
  );
}

function methodNamed(name: string, methods: readonly Method[]): Method {
  const method = methods.find((candidate) => candidate.name === name);
  return method ?? invalid('--method', name, methods.map((candidate) => candidate.name).join(', '));
}

function checkedEncoder({ name, width }: PretrainJob['encoder']): { name: EncoderName; width: number } {
  const known = encoderNames.find((candidate) => candidate === name);
  if (!known) return invalid('--encoder', name, encoderNames.join(', '));
  if (width >= smallestWidth && width <= largestWidth) return { name: known, width };
  return invalid('--width', String(width), `a number from ${smallestWidth} to ${largestWidth}`);
}

function checkedPreset(name: string): ViewPresetName {
  const preset = viewPresets.find((candidate) => candidate.name === name);
  return preset?.name ?? invalid('The kind of images', name, viewPresets.map((each) => each.name).join(', '));
}

function invalid(option: string, value: string, expected: string): never {
  throw genoiseError('invalid-option', { option, value, expected });
}
