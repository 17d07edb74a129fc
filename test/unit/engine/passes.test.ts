import { describe, expect, it } from 'vitest';
import { gradients } from '../../../main/engine/gradient/gradients.ts';
import { checkGraph } from '../../../main/engine/graph/checkGraph.ts';
import { graphNodes, type Graph } from '../../../main/engine/graph/graph.ts';
import * as ops from '../../../main/engine/graph/ops.ts';
import { expandBatchNorm } from '../../../main/engine/passes/expandBatchNorm.ts';
import { fuse } from '../../../main/engine/passes/fuse.ts';
import { fuseAffine } from '../../../main/engine/passes/fuseAffine.ts';
import { mergeEqual } from '../../../main/engine/passes/mergeEqual.ts';
import { referenceExecutor } from '../../../main/engine/execute/reference/referenceExecutor.ts';
import { randomTensor } from '../../helpers/tensors.ts';
import { valuesOf } from '../../helpers/valuesOf.ts';
import type { Node, Op } from '../../../main/engine/graph/node.ts';

const [x, w] = [ops.feed('x', [4, 3, 4, 4]), ops.feed('w', [3, 3, 3, 3])];
const [scale, shift] = [ops.feed('scale', [3]), ops.feed('shift', [3])];

/** A residual block: normalised twice, added to its input, through a ReLU. */
function block(): Node {
  const first = ops.relu(ops.batchNorm(ops.conv2d(x, w, { stride: 1, padding: 1 }), scale, shift));
  const second = ops.batchNorm(ops.conv2d(first, w, { stride: 1, padding: 1 }), scale, shift);
  return ops.relu(ops.add(second, x));
}

/** Its loss, its gradients, and an update. */
function training(): Graph {
  const y = block();
  const loss = ops.reduceSum(ops.square(y));
  const [byX, byW, byScale] = gradients(loss, [x, w, scale]);
  return { outputs: { y, loss, byX, byW, byScale }, updates: { w2: ops.subtract(w, byW) } };
}

async function resultsOf(graph: Graph): Promise<Record<string, readonly number[]>> {
  const program = await referenceExecutor.compile(graph, {});
  const feeds = {
    x: randomTensor([4, 3, 4, 4], 1),
    w: randomTensor([3, 3, 3, 3], 2),
    scale: randomTensor([3], 3, 0.5, 1.5),
    shift: randomTensor([3], 4),
  };
  return valuesOf({ ...(await program.step(feeds)), ...(await program.read()) });
}

function count(graph: Graph, op: Op): number {
  return graphNodes(graph).filter((node) => node.op === op).length;
}

const passes = { mergeEqual, expandBatchNorm, fuseAffine, fuse };

describe.each(Object.entries(passes))('%s', (_, pass) => {
  it('leaves a legal graph of the same results', async () => {
    const after = pass(training());
    checkGraph(after);
    const [expected, actual] = [await resultsOf(training()), await resultsOf(after)];
    expect(Object.keys(actual)).toEqual(Object.keys(expected));
    for (const [name, values] of Object.entries(expected)) {
      const scaleOf = Math.max(1, ...values.map(Math.abs));
      values.forEach((value, i) => expect(Math.abs(actual[name][i] - value) / scaleOf).toBeLessThan(1e-5));
    }
  });

  it('changes nothing more when it is run again', () => {
    const once = pass(training());
    expect(graphNodes(pass(once)).map(({ op }) => op)).toEqual(graphNodes(once).map(({ op }) => op));
  });
});

describe('what passes do', () => {
  it('computes equal nodes and constants once', () => {
    const twice = ops.add(ops.exp(ops.multiply(x, 2)), ops.exp(ops.multiply(x, 2)));
    const graph = mergeEqual({ outputs: { twice }, updates: {} });
    expect([count(graph, 'exp'), count(graph, 'multiply'), count(graph, 'constant')]).toEqual([1, 1, 1]);
  });

  it('keeps nodes apart that differ in an attribute, an infinite one too', () => {
    const both = ops.add(ops.clamp(x, -Infinity, 1), ops.clamp(x, -1, Infinity));
    const ends = ops.add(ops.clamp(x, 0, 1), ops.clamp(x, 0, Infinity));
    expect(count(mergeEqual({ outputs: { both, ends }, updates: {} }), 'clamp')).toBe(4);
  });

  it('makes one node of the end of a residual block, and of the gradient of each normalisation', () => {
    const graph = fuse(training());
    expect(count(graph, 'batchNorm')).toBe(0);
    expect(count(graph, 'relu')).toBe(0);
    // Two forward; backward the map of the gradient is what is added to the map of x.
    expect(count(graph, 'fusedAffine')).toBe(4);
  });

  it('fuses nothing that something else reads', () => {
    const affine = ops.channelAffine(x, scale, shift);
    const graph = fuseAffine({ outputs: { y: ops.relu(affine), z: ops.exp(affine) }, updates: {} });
    expect([count(graph, 'relu'), count(graph, 'fusedAffine')]).toEqual([1, 0]);
  });
});
