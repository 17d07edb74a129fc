/**
 * Memory for what is read of a portion of files: one piece for all slots and one for the bytes of small files, which go
 * to another thread as they are, where a piece for each would have to be handed over one by one.
 */
export interface PortionMemory {
  /** Room for the next slot, all zero: uint8 [3, M, M]. */
  readonly slot: () => Uint8Array;
  /** Room for a file of `bytes` bytes; large files get a piece of their own. */
  readonly file: (bytes: number) => Buffer;
}

const smallFileBytes = 16 * 1024;

/** @param slotBytes 3 · M · M */
export function portionMemory(files: number, slotBytes: number): PortionMemory {
  const slots = new Uint8Array(files * slotBytes);
  let usedSlots = 0;
  let piece = Buffer.alloc(0);
  let used = 0;
  return {
    slot: () => slots.subarray(usedSlots * slotBytes, ++usedSlots * slotBytes),
    file(bytes) {
      if (bytes > smallFileBytes) return Buffer.allocUnsafeSlow(bytes);
      if (used + bytes > piece.length) {
        piece = Buffer.allocUnsafeSlow(4 * smallFileBytes);
        used = 0;
      }
      used += bytes;
      return piece.subarray(used - bytes, used);
    },
  };
}

/** For a file that is read alone: a piece for each. */
export function ownMemory(slotBytes: number): PortionMemory {
  return { slot: () => new Uint8Array(slotBytes), file: (bytes) => Buffer.allocUnsafeSlow(bytes) };
}
