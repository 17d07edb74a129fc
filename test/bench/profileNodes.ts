import { sessionOptions } from '../../main/engine/execute/ort/sessionOptions.ts';
import { profileRuns } from './profileRuns.ts';
import { nodesOfProfile, type ProfiledNode } from './nodesOfProfile.ts';
import type { Tensors } from '../../main/engine/execute/executor.ts';
import type { LoweredModel } from '../../main/engine/lower/lowering.ts';

const warmup = 2;
const runs = 5;

/** Runs a lowered step a few times in a session of its own, on two threads of the CPU. @returns one item an operator */
export async function profileNodes(
  lowered: LoweredModel,
  feeds: Tensors,
  state: Tensors,
): Promise<readonly ProfiledNode[]> {
  const options = sessionOptions({ device: 'cpu', threads: 2 }, lowered);
  return nodesOfProfile(await profileRuns(lowered, options, { feeds, state }, warmup + runs), warmup);
}
