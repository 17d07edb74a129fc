/**
 * Run by webgpu.test.ts in a process of its own, because a GPU's driver may take the process down with it.
 * Prints one line of JSON: what the named part of the suite gives on WebGPU with falling back to the CPU forbidden.
 */
import { ortExecutor } from '../../main/engine/execute/ort/ortExecutor.ts';
import { compileSteps } from '../../main/engine/execute/compileSteps.ts';
import { appGraphs, impossibleGraph, refusals } from './appGraphs.ts';
import { storyOfManySteps, trainManySteps, type CompileSteps } from './manySteps.ts';
import { runnableCases } from './webgpuCases.ts';
import { caseErrors } from './runCases.ts';
import { tellStateStory } from './stateStory.ts';
import { trainTinyNetwork } from './tinyNetwork.ts';

const executor = ortExecutor({ device: 'webgpu' });
const inMany: CompileSteps = (graph, state) => compileSteps(executor, graph, state);

const parts: Readonly<Record<string, () => Promise<unknown>>> = {
  // Sizes that have the same name in two cases differ, so those cases have a graph of their own.
  ops: async () => {
    const errors: Record<string, number> = {};
    const { joined, alone } = runnableCases();
    for (const group of [joined, ...alone.map((row) => [row])]) {
      const found = await caseErrors(
        executor,
        group.map(({ row }) => row),
      );
      group.forEach(({ title }, i) => (errors[title] = found[i]));
    }
    return errors;
  },
  state: () => tellStateStory(executor),
  training: () => trainTinyNetwork(executor, 5),
  graphs: () => refusals([...appGraphs(), impossibleGraph], process.argv[3]),
  manySteps: async () => ({
    story: await storyOfManySteps(inMany),
    training: await trainManySteps(inMany, 4),
  }),
};

const part = parts[process.argv[2]];
const result = await part();
process.stdout.write(`${JSON.stringify(result)}\n`);
