import { feed } from '../engine/graph/ops.ts';
import { initialState } from '../nn/initialize.ts';
import { createVariables, rootScope } from '../nn/variables.ts';
import { encoderScope } from './classifierStep.ts';
import type { Tensor } from '../engine/graph/node.ts';
import type { Encoder } from '../nn/encoder.ts';

/** An encoder that has learnt nothing: `encoder.…` as pretraining and training from scratch begin with it. */
export function freshEncoderWeights(
  encoder: Encoder,
  imageSize: number,
  seed: number,
): Record<string, Tensor> {
  const variables = createVariables();
  const images = feed('images', [1, 3, imageSize, imageSize]);
  encoder.build(rootScope(variables, 'inference').child(encoderScope), images);
  return initialState(variables, seed);
}
