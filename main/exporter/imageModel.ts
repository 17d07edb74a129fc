import { checkGraph } from '../engine/graph/checkGraph.ts';
import {
  add,
  cast,
  constant,
  exp,
  feed,
  logSumExp,
  matmul,
  multiply,
  subtract,
  transpose,
} from '../engine/graph/ops.ts';
import { createEncoder } from '../nn/createEncoder.ts';
import { createVariables, rootScope, type Variables } from '../nn/variables.ts';
import { normalizeImage } from '../ssl/views/normalization.ts';
import { resizeImage } from '../ssl/views/wholeImage.ts';
import { foldGraph } from './foldGraph.ts';
import type { Tensors } from '../engine/execute/executor.ts';
import type { Graph } from '../engine/graph/graph.ts';
import type { Node } from '../engine/graph/node.ts';
import type { EncoderDescription } from '../nn/encoder.ts';

export interface ImageModelSource {
  readonly encoder: EncoderDescription;
  /** S: images are resized to S × S. */
  readonly imageSize: number;
  /** `encoder.…`, for a classifier `classifier.weight` [C, d] and `classifier.bias` [C]. */
  readonly weights: Tensors;
}

/**
 * The encoder as one graph from decoded pixels: `images` uint8 [N, H, W, 3], all three named, to `embedding` [N, d].
 * Weights are constants, batch norms folded into the convolutions.
 * Errors: the weights lack one of the encoder's.
 */
export function encoderGraph(source: ImageModelSource): Graph {
  return checked({ embedding: embeddingOf(source) });
}

/** The same with `logits` and `probabilities` [N, C] before `embedding`. */
export function classifierGraph(source: ImageModelSource): Graph {
  const embedding = embeddingOf(source);
  const product = matmul(embedding, weightOf(source, 'classifier.weight'), { transposeB: true });
  const logits = add(product, weightOf(source, 'classifier.bias'));
  const probabilities = exp(subtract(logits, logSumExp(logits, [1], true)));
  return checked({ logits, probabilities, embedding });
}

function checked(outputs: Readonly<Record<string, Node>>): Graph {
  const graph: Graph = { outputs: foldGraph(outputs), updates: {} };
  checkGraph(graph);
  return graph;
}

function embeddingOf({ encoder, imageSize, weights }: ImageModelSource): Node {
  const pixels = cast(feed('images', ['N', 'H', 'W', 3], 'uint8'), 'float32');
  const images = multiply(transpose(pixels, [0, 3, 1, 2]), 1 / 255);
  const view = normalizeImage(resizeImage(images, imageSize));
  const variables = frozenVariables(weights);
  const embedding = createEncoder(encoder).build(rootScope(variables, 'inference').child('encoder'), view);
  const [missing] = variables.declared.keys();
  if (missing !== undefined) throw new Error(`the weights lack "${missing}"`);
  return embedding;
}

/** Variables that are all there already, as constants: what is built on them declares nothing. */
function frozenVariables(weights: Tensors): Variables {
  const variables = createVariables();
  for (const [name, { data, shape, dtype }] of Object.entries(weights)) {
    variables.nodes.set(name, constant(data, shape, dtype));
  }
  return variables;
}

function weightOf({ weights }: ImageModelSource, name: string): Node {
  const tensor = weights[name];
  if (!tensor) throw new Error(`the weights lack "${name}"`);
  return constant(tensor.data, tensor.shape);
}
