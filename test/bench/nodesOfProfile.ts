import { median } from './statistics.ts';
import type { ProfileEvent } from './profileRuns.ts';

/** An operator of a model, as ONNX Runtime's profiler saw it run. */
export interface ProfiledNode {
  /** "Conv". */
  readonly op: string;
  /** Median of the runs after the first ones. */
  readonly milliseconds: number;
  /** Of the fastest of them. */
  readonly fastest: number;
  readonly inputs: readonly (readonly number[])[];
  readonly outputs: readonly (readonly number[])[];
  /** Of all inputs and outputs together. */
  readonly bytes: number;
}

/** One item an operator. @param skipped runs that do not count */
export function nodesOfProfile(events: readonly ProfileEvent[], skipped: number): readonly ProfiledNode[] {
  const byName = Map.groupBy(
    events.filter(({ cat, name }) => cat === 'Node' && name.endsWith('kernel_time')),
    ({ name }) => name,
  );
  return [...byName.values()].map((runsOfNode) => {
    const [{ args = {} }] = runsOfNode;
    const times = runsOfNode.slice(skipped).map(({ dur }) => dur / 1000);
    return {
      op: args.op_name ?? 'unknown',
      milliseconds: median(times),
      fastest: Math.min(...times),
      inputs: shapesIn(args.input_type_shape),
      outputs: shapesIn(args.output_type_shape),
      bytes: Number(args.activation_size) + Number(args.parameter_size) + Number(args.output_size),
    };
  });
}

/** The profiler writes each as an object of one type: {"float": [2, 3]}. */
function shapesIn(typed: readonly Readonly<Record<string, readonly number[]>>[] = []): number[][] {
  return typed.map((each) => [...(Object.values(each)[0] ?? [])]);
}
