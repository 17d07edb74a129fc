import { genoiseError } from '../../shared/errors.ts';
import { compileSteps } from '../engine/execute/compileSteps.ts';
import { initialState } from '../nn/initialize.ts';
import { learningRateAt } from '../nn/schedule.ts';
import { createBatchReader, type BatchReader } from '../training/batchReader.ts';
import { buildClassifierStep, type ClassifierStepRequest } from './classifierStep.ts';
import type { LabelledSlots } from '../../shared/trainingEvents.ts';
import type { Executor, StepProgram, Tensors } from '../engine/execute/executor.ts';
import type { Tensor } from '../engine/graph/node.ts';
import type { PixelStore } from '../importer/pixelStore.ts';

export interface TrainerOptions extends Omit<ClassifierStepRequest, 'slotSize'> {
  readonly executor: Executor;
  readonly store: PixelStore;
  /** Of the first weights, the order of the images and their views. */
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
}

export interface TrainingPhase {
  readonly labelled: LabelledSlots;
  readonly steps: number;
  /** The learning rate falls from here to 0 by half a cosine. */
  readonly peak: number;
  /** Tells apart the batches of phases that follow each other. */
  readonly number: number;
  /** Called after each step with its loss. */
  readonly onStep?: ((loss: number) => void) | undefined;
}

/** A compiled supervised step, for as many trainings as are needed. */
export interface ClassifierTrainer {
  /** Starts anew: weights drawn by the seed, replaced by those that are given; optimizer at rest. */
  reset(weights?: Tensors): Promise<void>;
  /**
   * Goes on from where it is.
   * @throws training-diverged when the loss is no number; the signal's reason when aborted, between two steps
   */
  run(phase: TrainingPhase): Promise<void>;
  /** `encoder.…` with its running statistics, and `classifier.…`. */
  weights(): Promise<Record<string, Tensor>>;
  dispose(): Promise<void>;
}

export async function createClassifierTrainer(options: TrainerOptions): Promise<ClassifierTrainer> {
  const { executor, store, seed } = options;
  const { graph, variables } = buildClassifierStep({ ...options, slotSize: store.slotSize });
  const first = initialState(variables, seed);
  const program = await compileSteps(executor, graph, first);
  const names = Object.keys(first).filter((name) => !name.startsWith('optimizer.'));
  return {
    reset: async (weights = {}) => {
      const given = names.filter((name) => weights[name]).map((name) => [name, weights[name]] as const);
      await program.load({ ...first, ...Object.fromEntries(given) });
    },
    run: (phase) => runPhase(program, options, phase),
    weights: async () => ({ ...(await program.read(names)) }),
    dispose: () => program.dispose(),
  };
}

async function runPhase(program: StepProgram, options: TrainerOptions, phase: TrainingPhase): Promise<void> {
  const { signal } = options;
  const { steps, peak, onStep } = phase;
  const batches = supervisedBatches(options, phase);
  let told = 0;
  const tell = (known: readonly Tensors[]): void => {
    for (const { loss } of known) {
      const [value] = loss.data;
      const step = told++;
      if (!Number.isFinite(value)) throw genoiseError('training-diverged', { step, quantity: 'loss' });
      onStep?.(value);
    }
  };
  try {
    // What a phase that was broken off still owes belongs to nobody.
    await program.flush();
    for (let step = 0; step < steps; step++) {
      signal?.throwIfAborted();
      const rate = learningRateAt({ step, totalSteps: steps, warmupSteps: 0, peak });
      const learningRate: Tensor = { dtype: 'float32', shape: [], data: Float32Array.of(rate) };
      tell(await program.step({ ...(await batches.read(step)), learningRate }));
    }
    tell(await program.flush());
  } finally {
    await batches.stop();
  }
}

/** The feeds of each step. Fewer images than a batch are repeated until they fill one. */
function supervisedBatches(
  { store, batchSize, recipe, seed }: TrainerOptions,
  { labelled, number }: TrainingPhase,
): Pick<BatchReader, 'read' | 'stop'> {
  const { slots, classes } = labelled;
  const repeats = Math.ceil(batchSize / slots.length);
  const repeated = Array.from({ length: repeats }, () => slots).flat();
  const reader = createBatchReader({
    store,
    slots: repeated,
    batchSize,
    recipes: [recipe],
    seed: seed + 1_000_003 * number,
  });
  return {
    read: async (step) => {
      const { indices, ...feeds } = await reader.read(step);
      const own = Int32Array.from(indices.data, (sample) => classes[sample % slots.length]);
      return { ...feeds, labels: { dtype: 'int32', shape: [batchSize], data: own } };
    },
    stop: () => reader.stop(),
  };
}
