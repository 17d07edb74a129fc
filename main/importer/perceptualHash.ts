const columns = 8;
const rows = 8;

/**
 * A 64-bit difference hash (dHash) of an image: it is averaged to a grid of 9 × 8 grey cells, and each bit says whether
 * a cell is brighter than its right neighbour, row by row, the first in the highest bit. Copies that were shrunk,
 * recompressed or slightly recoloured differ in few bits; pictures of one colour all hash to 0.
 * @param pixels a slot, uint8 [3, M, M]
 * @returns 16 hexadecimal digits
 */
export function perceptualHash(pixels: Uint8Array, slotSize: number, height: number, width: number): string {
  const grey = greyGrid(pixels, slotSize, height, width);
  let hex = '';
  for (let row = 0; row < rows; row += 1) {
    let bits = 0;
    for (let column = 0; column < columns; column += 1) {
      const cell = row * (columns + 1) + column;
      bits = (bits << 1) | (grey[cell] > grey[cell + 1] ? 1 : 0);
    }
    hex += bits.toString(16).padStart(2, '0');
  }
  return hex;
}

/** The 9 × 8 cells, row by row: mean luma (ITU-R BT.601) times 1000, whole numbers. */
function greyGrid(pixels: Uint8Array, slotSize: number, height: number, width: number): Int32Array {
  const grid = new Int32Array(rows * (columns + 1));
  const plane = slotSize * slotSize;
  for (let row = 0, cell = 0; row < rows; row += 1) {
    const top = edge(row, rows, height);
    const bottom = Math.max(top + 1, edge(row + 1, rows, height));
    for (let column = 0; column <= columns; column += 1, cell += 1) {
      const left = edge(column, columns + 1, width);
      // At least one pixel: cells of a tiny image share theirs.
      const right = Math.max(left + 1, edge(column + 1, columns + 1, width));
      let [red, green, blue] = [0, 0, 0];
      for (let y = top; y < bottom; y += 1) {
        const end = y * slotSize + right;
        for (let at = y * slotSize + left; at < end; at += 1) {
          red += pixels[at];
          green += pixels[at + plane];
          blue += pixels[at + 2 * plane];
        }
      }
      const sum = 299 * red + 587 * green + 114 * blue;
      grid[cell] = sum / ((bottom - top) * (right - left));
    }
  }
  return grid;
}

/** Where cell `index` of `count` begins along a side. */
function edge(index: number, count: number, side: number): number {
  return Math.floor((index * side) / count);
}
