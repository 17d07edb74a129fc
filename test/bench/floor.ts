import { cpuLowering } from '../../main/engine/execute/ort/cpuLowering.ts';
import { lowerPortable } from '../../main/engine/lower/portable/lowerPortable.ts';
import { copyStep, matmulStep, type CeilingStep } from './ceilings.ts';
import { floorRows, floorTable, totalRow, type Ceilings } from './floorTable.ts';
import { bytesOfNode, operationsOfNode } from './nodeWork.ts';
import { operationsOf } from './operations.ts';
import { profileNodes } from './profileNodes.ts';
import { buildOurStep, prepareOurStep, type StepShape } from './ourStep.ts';
import { machine, say, type BenchResult } from './report.ts';
import { median, range } from './statistics.ts';
import { nameOf, stepShapes } from './stepShapes.ts';
import type { ProfiledNode } from './nodesOfProfile.ts';

export interface FloorBenchOptions {
  /** Timed steps of each shape, beside the profile. */
  readonly steps: number;
  /** Only the shapes whose name contains this. */
  readonly only: string;
}

const threads = 2;
const matrixSize = 1024;
/** Far more than any cache. */
const copiedMegabytes = 128;
/** Steps that do not count. */
const warmup = 3;

/**
 * Where the time of a training step goes, by kind of operator, beside what its operations and bytes would take at the
 * rates that our own engine reaches in a matrix product and in a copy, measured just before.
 */
export async function benchFloor(options: FloorBenchOptions): Promise<readonly BenchResult[]> {
  say(`Machine: ${machine()}, ${threads} threads.`);
  const results: BenchResult[] = [];
  for (const shape of stepShapes) {
    if (nameOf(shape).includes(options.only)) results.push(await measure(shape, options));
  }
  return results;
}

async function measure(shape: StepShape, { steps }: FloorBenchOptions): Promise<BenchResult> {
  const ceilings = await measureCeilings();
  const times = await timeSteps(shape, steps);
  const { graph, state, feeds } = buildOurStep(shape);
  const rows = floorRows(await profileNodes((await cpuLowering())(graph), feeds, state), ceilings);
  const floor = rows.reduce((sum, { computing, moving }) => sum + Math.max(computing, moving), 0);
  const bench = `floor ${nameOf(shape)}`;
  const [low, high] = range(times);
  say(`${bench}: a step takes ${median(times).toFixed(0)} ms (${low.toFixed(0)}–${high.toFixed(0)})`);
  say(
    `  at ${ceilings.gflops.toFixed(0)} GFLOP/s (product of ${matrixSize} × ${matrixSize}) and` +
      ` ${ceilings.gigabytes.toFixed(1)} GB/s (copy of ${copiedMegabytes} MB) its operators would take ${floor.toFixed(0)} ms;` +
      ` the graph itself asks for ${(operationsOf(graph) / 1e9).toFixed(1)} GFLOP`,
  );
  say(floorTable(rows));
  return {
    bench,
    ratio: floor / median(times),
    ours: median(times),
    theirs: floor,
    unit: 'ms per step, and of its floor',
    runs: steps,
    spread: { ours: range(times), theirs: [] },
    details: { machine: machine(), ceilings, rows, all: totalRow(rows) },
  };
}

/** 10⁹ operations and bytes a second, as the profiler sees the operators that do nothing else: in their fastest runs. */
async function measureCeilings(): Promise<Ceilings> {
  const rate = async (
    { graph, state }: CeilingStep,
    ops: readonly string[],
    work: (node: ProfiledNode) => number,
  ): Promise<number> => {
    const nodes = await profileNodes(lowerPortable(graph), {}, state);
    const rates = nodes.filter(({ op }) => ops.includes(op)).map((node) => work(node) / node.fastest);
    return Math.max(...rates) / 1e6;
  };
  return {
    gflops: await rate(matmulStep(matrixSize), ['MatMul', 'Gemm'], operationsOfNode),
    gigabytes: await rate(copyStep(copiedMegabytes), ['Add', 'Identity'], bytesOfNode),
  };
}

async function timeSteps(shape: StepShape, steps: number): Promise<readonly number[]> {
  const step = await prepareOurStep(shape, 'cpu');
  try {
    const times: number[] = [];
    for (let i = 0; i < warmup + steps; i++) times.push((await step.run()).milliseconds);
    return times.slice(warmup);
  } finally {
    await step.dispose();
  }
}
