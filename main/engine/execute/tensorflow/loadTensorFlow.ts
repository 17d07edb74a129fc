import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { genoiseError } from '../../../../shared/errors.ts';
import type { TensorFlow } from './tensorFlow.ts';

/** The faster first. Neither is a dependency of ours: somebody who wants one installs it. */
const packages = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'];

/**
 * TensorFlow as the user has installed it.
 * @param folder where `npm install` was run for it, as in the environment variable GENOISE_TENSORFLOW; beside the
 *   application it is looked for in any case
 * @throws tensorflow-missing, tensorflow-unusable
 */
export function loadTensorFlow(folder = process.env.GENOISE_TENSORFLOW ?? ''): TensorFlow {
  const places = [...(folder === '' ? [] : [join(resolve(folder), 'package.json')]), import.meta.url];
  const found = packages.flatMap((name) => places.flatMap((place) => locate(name, place)));
  if (found.length === 0) throw genoiseError('tensorflow-missing', { folder });
  restoreUtilities();
  const reasons: string[] = [];
  for (const { name, file } of found) {
    try {
      return createRequire(file)(file) as TensorFlow;
    } catch (error) {
      const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
      reasons.push(`${name} says "${reason}"`);
    }
  }
  throw genoiseError('tensorflow-unusable', { reason: reasons.join(', ') });
}

function locate(name: string, place: string): { readonly name: string; readonly file: string }[] {
  try {
    return [{ name, file: createRequire(place).resolve(name) }];
  } catch {
    return [];
  }
}

/** tfjs-node is older than Node 23, which took away one function that it calls, and warns of another. */
function restoreUtilities(): void {
  const util = createRequire(import.meta.url)('node:util') as Record<string, unknown>;
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  util.isArray = Array.isArray;
}
