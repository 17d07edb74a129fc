import type { Tensors } from '../engine/execute/executor.ts';
import type { TrainingRun } from './trainingRun.ts';

/** The encoder's present state, `encoder.…`. */
export function readEncoder({ program, start }: Pick<TrainingRun, 'program' | 'start'>): Promise<Tensors> {
  const names = [...start.built.variables.declared.keys()];
  return program.read(names.filter((name) => name.startsWith('encoder.')));
}
