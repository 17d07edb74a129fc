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

/** torchvision's names. */
export const resnetNames = ['resnet18', 'resnet34', 'resnet50', 'resnet101', 'resnet152'] as const;
export const regnetNames = ['regnet_y_400mf', 'regnet_y_800mf', 'regnet_y_3_2gf', 'regnet_y_8gf'] as const;
export const encoderNames = [...resnetNames, ...regnetNames] as const;

export type ResnetName = (typeof resnetNames)[number];
export type RegnetName = (typeof regnetNames)[number];
export type EncoderName = ResnetName | RegnetName;

export interface EncoderDescription<Name extends EncoderName = EncoderName> {
  readonly name: Name;
  /** Multiplies every channel count; 1 is the published network. */
  readonly width: number;
  /**
   * `small` (under 64 px) keeps the size: one 3×3 convolution without stride or pooling. `standard` is the published
   * one: 7×7 stride 2 and a 3×3 pooling (ResNet), 3×3 stride 2 (RegNet).
   */
  readonly stem: 'small' | 'standard';
}

export const smallestWidth = 0.125;
export const largestWidth = 4;
