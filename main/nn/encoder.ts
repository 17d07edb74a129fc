import type { Node } from '../engine/graph/node.ts';
import type { Scope } from './variables.ts';

/** A network from images to features, described by data that a checkpoint can carry. */
export interface Encoder {
  /** What rebuilds it: stored in checkpoints, compared before weights are loaded. */
  readonly description: EncoderDescription;
  /** Length of a feature vector. */
  readonly featureCount: number;
  /** (images [N, 3, S, S], normalised) → features [N, featureCount]; variables are named as torchvision names them. */
  build(scope: Scope, images: Node): Node;
}

export type EncoderName = 'resnet18' | 'resnet34' | 'resnet50';

export interface EncoderDescription {
  readonly name: EncoderName;
  /** Multiplies every channel count; 1 is the published network. */
  readonly width: number;
  /** `small` is one 3×3 convolution without pooling (under 64 px), `standard` is 7×7 stride 2 and a 3×3 pooling. */
  readonly stem: 'small' | 'standard';
}
