import { basename } from 'node:path';
import { genoiseError } from '../../shared/errors.ts';
import { formatShape, sameShape } from '../engine/graph/shape.ts';
import { standardStemSize } from '../nn/resnet.ts';
import { encoderPrefix, isBesideEncoder, torchvisionName } from '../nn/torchvisionNames.ts';
import { describeEncoder } from './checkpoint.ts';
import { decodeSafetensors } from './safetensors.ts';
import { readBytes } from './safetensorsFile.ts';
import type { Tensors } from '../engine/execute/executor.ts';
import type { Tensor } from '../engine/graph/node.ts';
import type { EncoderDescription } from '../nn/encoder.ts';
import type { Variable, Variables } from '../nn/variables.ts';

/** What the weights are for. */
export interface InitialEncoderRequest {
  readonly encoder: EncoderDescription;
  readonly imageSize: number;
  /** The encoder's are those under `encoder.`. */
  readonly variables: Variables;
}

/**
 * Reads an encoder's first weights from a safetensors file in torchvision's names. Its classifying layer and counters
 * of batches are passed over.
 * @returns the encoder's variables, `encoder.…`
 * @throws cannot-read, weights-unreadable, weights-do-not-fit, weights-other-stem
 */
export function readInitialEncoder(path: string, request: InitialEncoderRequest): Record<string, Tensor> {
  const weights = decode(path);
  const expected = [...request.variables.declared.values()].filter(({ name }) =>
    name.startsWith(encoderPrefix),
  );
  checkFit(path, weights, expected, request);
  return Object.fromEntries(expected.map(({ name }) => [name, weights[torchvisionName(name)]]));
}

function decode(path: string): Tensors {
  const bytes = readBytes(path);
  try {
    return decodeSafetensors(bytes, (name) => !isBesideEncoder(name)).tensors;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw genoiseError('weights-unreadable', { path, reason }, error);
  }
}

interface Misfit {
  readonly variable: Variable;
  readonly found: Tensor;
}

function checkFit(
  path: string,
  weights: Tensors,
  expected: readonly Variable[],
  { encoder, imageSize }: InitialEncoderRequest,
): void {
  const known = new Map(expected.map((variable) => [torchvisionName(variable.name), variable]));
  const missing = [...known.keys()].filter((name) => !(name in weights));
  const unknown = Object.keys(weights).filter((name) => !known.has(name));
  const misfits = [...known].flatMap(([name, variable]): Misfit[] => {
    const found = name in weights ? weights[name] : undefined;
    const fits = found?.dtype === variable.dtype && sameShape(found.shape, variable.shape);
    return found === undefined || fits ? [] : [{ variable, found }];
  });
  if (missing.length + unknown.length + misfits.length === 0) return;
  if (missing.length + unknown.length === 0 && misfits.length === 1) {
    const [kernel, wanted] = kernels(misfits[0]);
    if (kernel !== wanted) {
      throw genoiseError('weights-other-stem', {
        ...{ file: basename(path), imageSize, boundary: standardStemSize },
        ...{ found: `${kernel}×${kernel}`, expected: `${wanted}×${wanted}`, needsLarge: kernel > wanted },
      });
    }
  }
  const reason = [
    ...naming(missing, 'it lacks'),
    ...naming(misfits.map(describeMisfit), 'of another shape are'),
    ...naming(unknown, 'the network does not have'),
  ].join('; ');
  throw genoiseError('weights-do-not-fit', { path, encoder: describeEncoder(encoder), reason });
}

/** Sides of the first convolution's kernels, found and expected; the same where it is not that which does not fit. */
function kernels({ variable, found }: Misfit): [number, number] {
  const isStem = variable.name === `${encoderPrefix}conv1.weight` && found.shape.length === 4;
  const isAllElse = isStem && sameShape(found.shape.slice(0, 2), variable.shape.slice(0, 2));
  return isAllElse ? [found.shape[3], variable.shape[3]] : [0, 0];
}

function describeMisfit({ variable, found }: Misfit): string {
  const name = torchvisionName(variable.name);
  return `${name} (${formatShape(found.shape)} instead of ${formatShape(variable.shape)})`;
}

const mostNamed = 3;

function naming(names: readonly string[], how: string): string[] {
  if (names.length === 0) return [];
  const rest = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : '';
  return [`${how} ${names.slice(0, mostNamed).join(', ')}${rest}`];
}
