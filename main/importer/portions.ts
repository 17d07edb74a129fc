export const filesAPortion = 32;
const bytesAPortion = 2 ** 20;

/** Cuts files into portions, in their order: of at most 32 files and, unless a single one has more, of 1 MiB. */
export function* portions<T extends { readonly byteSize: number }>(
  files: Iterable<T>,
): Generator<readonly T[]> {
  let portion: T[] = [];
  let bytes = 0;
  for (const file of files) {
    if (portion.length > 0 && (portion.length === filesAPortion || bytes + file.byteSize > bytesAPortion)) {
      yield portion;
      portion = [];
      bytes = 0;
    }
    portion.push(file);
    bytes += file.byteSize;
  }
  if (portion.length > 0) yield portion;
}
