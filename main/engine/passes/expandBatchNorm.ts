import { batchStatistics } from '../graph/batchStatistics.ts';
import { isOp, type Graph } from '../graph/graph.ts';
import { channelAffine, multiply, subtract } from '../graph/ops.ts';
import { rewriteGraph, withInputs } from './rewriteGraph.ts';

/** Batch normalisation as statistics and a channel-wise affine map, which other passes can then fuse. */
export function expandBatchNorm(graph: Graph): Graph {
  return rewriteGraph(graph, (node, inputs) => {
    if (!isOp(node, 'batchNorm')) return withInputs(node, inputs);
    const [x, scale, shift] = inputs;
    const { mean, inverseDeviation } = batchStatistics(x, node.attributes.epsilon);
    const slope = multiply(scale, inverseDeviation);
    return channelAffine(x, slope, subtract(shift, multiply(mean, slope)));
  });
}
