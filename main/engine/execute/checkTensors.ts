import { elementCount, formatShape, sameShape } from '../graph/shape.ts';
import { bindDims, resolveShape } from './bindDims.ts';
import type { DType, Node, Tensor } from '../graph/node.ts';
import type { Tensors } from './executor.ts';

/** Errors: a feed that is missing, unknown, of another dtype or shape; one named dimension with two sizes. */
export function checkFeeds(declared: ReadonlyMap<string, Node<'feed'>>, given: Tensors): void {
  for (const name of declared.keys()) if (!given[name]) throw new Error(`feed "${name}" is missing`);
  const pairs = Object.entries(given).map(([name, tensor]) => {
    const node = declared.get(name);
    if (!node) throw new Error(`unknown feed "${name}"`);
    return [node, tensor] as const;
  });
  const sizes = bindDims(pairs);
  for (const [node, tensor] of pairs) {
    checkTensor(`feed "${node.attributes.name}"`, tensor, node.dtype, resolveShape(node.shape, sizes));
  }
}

/** Errors: another dtype or shape than expected; values that are more or fewer than the shape says. */
export function checkTensor(what: string, tensor: Tensor, dtype: DType, shape: readonly number[]): void {
  if (tensor.dtype !== dtype || !sameShape(tensor.shape, shape)) {
    const [is, should] = [formatShape(tensor.shape), formatShape(shape)];
    throw new Error(`${what} is ${tensor.dtype} ${is}, should be ${dtype} ${should}`);
  }
  if (tensor.data.length !== elementCount(shape)) {
    throw new Error(
      `${what} has ${tensor.data.length} values, ${formatShape(shape)} needs ${elementCount(shape)}`,
    );
  }
}
