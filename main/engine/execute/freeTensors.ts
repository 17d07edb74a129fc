import type { Tensors } from './executor.ts';

/**
 * Gives the memory of tensors back at once, where it is theirs alone; they are empty from then on. Left to the
 * garbage collector, the first state of a large network stays beside the one that is trained for a whole training.
 */
export function freeTensors(tensors: Tensors): void {
  for (const { data } of Object.values(tensors)) {
    const { buffer, byteLength } = data;
    // A part of a larger buffer is somebody else's too: small ones come from Node's pool.
    if (buffer instanceof ArrayBuffer && !buffer.detached && buffer.byteLength === byteLength)
      buffer.transfer(0);
  }
}
