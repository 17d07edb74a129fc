import { expandBatchNorm } from './expandBatchNorm.ts';
import { fuseAffine } from './fuseAffine.ts';
import { mergeEqual } from './mergeEqual.ts';
import type { Graph } from '../graph/graph.ts';

/** The passes between gradient and lowering, for devices on which fewer passes over memory are what counts. */
export function fuse(graph: Graph): Graph {
  return fuseAffine(mergeEqual(expandBatchNorm(graph)));
}
