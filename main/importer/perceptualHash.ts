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
  for (let row = 0; row < rows; row += 1) {
    const [top, bottom] = cell(row, rows, height);
    for (let column = 0; column <= columns; column += 1) {
      const [left, right] = cell(column, columns + 1, width);
      let sum = 0;
      for (let y = top; y < bottom; y += 1) {
        for (let at = y * slotSize + left; at < y * slotSize + right; at += 1) {
          sum += 299 * pixels[at] + 587 * pixels[at + plane] + 114 * pixels[at + 2 * plane];
        }
      }
      grid[row * (columns + 1) + column] = sum / ((bottom - top) * (right - left));
    }
  }
  return grid;
}

/** The pixels of cell `index` of `count` along a side; at least one, so that cells of a tiny image share pixels. */
function cell(index: number, count: number, side: number): readonly [number, number] {
  const from = Math.floor((index * side) / count);
  return [from, Math.max(from + 1, Math.floor(((index + 1) * side) / count))];
}
