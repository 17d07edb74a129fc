import { graphNodes, isOp } from '../../../main/engine/graph/graph.ts';
import { constant, conv2d, feed, makeNode, reduceSum } from '../../../main/engine/graph/ops.ts';
import { gradients } from '../../../main/engine/gradient/gradients.ts';
import { isConv } from '../../../main/engine/lower/cpu/convSizes.ts';
import { fuse } from '../../../main/engine/passes/fuse.ts';
import { createEncoder } from '../../../main/nn/createEncoder.ts';
import { stemFor } from '../../../main/nn/resnet.ts';
import { createVariables, rootScope } from '../../../main/nn/variables.ts';
import type { EncoderName } from '../../../main/nn/encoder.ts';
import type { Node, Op } from '../../../main/engine/graph/node.ts';

const wanted = new Set<Op>([
  ...(['conv2d', 'conv2dInputGradient', 'conv2dWeightGradient'] as const),
  ...([
    'maxPool2d',
    'maxPool2dGradient',
    'channelAffine',
    'fusedAffine',
    'reduceSum',
    'broadcastTo',
  ] as const),
]);

/**
 * Every op on images that training an encoder does, once for each combination of its sizes and attributes, each on
 * feeds of its own, by a name that tells it.
 */
export function encoderOps(
  names: readonly EncoderName[],
  sizes: readonly number[],
  { images, width }: { readonly images: number; readonly width: number },
): Map<string, Node> {
  const found = new Map<string, Node>();
  for (const name of names) {
    for (const size of sizes) {
      for (const node of trainingNodes(name, size, images, width)) {
        if (!wanted.has(node.op) || !onImages(node)) continue;
        const shapes = [...node.inputs, node].map(({ shape }) => shape.join('×')).join(' ');
        found.set(`${node.op} ${shapes} ${JSON.stringify(node.attributes)}`, node);
      }
    }
  }
  return new Map([...found].map(([title, node]) => [title, onFeeds(title, node)]));
}

/** The nodes of one encoder's forward and backward pass, as the lowering sees them. */
function trainingNodes(name: EncoderName, size: number, images: number, width: number): Node[] {
  const variables = createVariables();
  const encoder = createEncoder({ name, width, stem: stemFor(size) });
  const features = encoder.build(rootScope(variables, 'training'), feed('x', [images, 3, size, size]));
  const loss = reduceSum(features);
  const parameters = [...variables.declared.values()].flatMap((variable) => {
    const node = variables.nodes.get(variable.name);
    return variable.trainable && node ? [node] : [];
  });
  const slopes = gradients(loss, parameters).map((node, i) => [`${i}`, node] as const);
  return graphNodes(fuse({ outputs: { loss, ...Object.fromEntries(slopes) }, updates: {} }));
}

function onImages({ inputs, shape }: Node): boolean {
  return shape.length === 4 || inputs.some((input) => input.shape.length === 4);
}

function onFeeds(title: string, node: Node): Node {
  const feeds = node.inputs.map(({ shape }, i) => feed(`${title} ${i}`, shape));
  // Convolutions move their operands into blocks themselves, the others take what lies there already.
  const inputs = isConv(node) ? feeds : feeds.map(throughIdentity);
  // What won a window is one of its elements.
  if (isOp(node, 'maxPool2dGradient')) inputs[1] = makeNode('maxPool2d', [inputs[0]], node.attributes);
  return { ...node, inputs };
}

/** An image through a convolution that changes nothing. */
function throughIdentity(x: Node): Node {
  if (x.shape.length !== 4 || Number(x.shape[1]) % 16 !== 0) return x;
  const channels = Number(x.shape[1]);
  const identity = new Float32Array(channels * channels);
  for (let i = 0; i < channels; i++) identity[i * channels + i] = 1;
  return conv2d(x, constant(identity, [channels, channels, 1, 1]), { stride: 1, padding: 0 });
}
