import {
  largestWidth,
  regnetNames,
  resnetNames,
  smallestWidth,
  type Encoder,
  type EncoderDescription,
  type EncoderName,
} from './encoder.ts';
import { regnet } from './regnet.ts';
import { resnet } from './resnet.ts';

/**
 * The network of a description.
 * Errors: a width outside 0.125 … 4.
 */
export function createEncoder(description: EncoderDescription): Encoder {
  const { width } = description;
  if (!(width >= smallestWidth && width <= largestWidth))
    throw new Error(`encoder: width ${width} is not between ${smallestWidth} and ${largestWidth}`);
  if (isOneOf(description, resnetNames)) return resnet(description);
  if (isOneOf(description, regnetNames)) return regnet(description);
  throw new Error(`no encoder is named "${description.name}"`);
}

function isOneOf<Name extends EncoderName>(
  description: EncoderDescription,
  names: readonly Name[],
): description is EncoderDescription<Name> {
  return names.some((name) => name === description.name);
}
