import { describe, expect, it } from 'vitest';
import { slice } from '../../../main/engine/graph/ops.ts';
import { blurMatrix, blurRadius, noBlur } from '../../../main/ssl/views/blurMatrix.ts';
import { cropFlipBlur } from '../../../main/ssl/views/buildView.ts';
import { normalizeImage } from '../../../main/ssl/views/normalization.ts';
import { places, resizeMatrix } from '../../../main/ssl/views/resizeMatrix.ts';
import { resizeImage, wholeImageView } from '../../../main/ssl/views/wholeImage.ts';
import { evaluate } from '../../helpers/evaluate.ts';
import { randomTensor, tensor } from '../../helpers/tensors.ts';
import type { Tensor } from '../../../main/engine/graph/node.ts';

const unblurred = { probability: 0, sigma: [0.1, 2] } as const;

function rowSums({ shape, data }: Tensor): number[] {
  const width = shape[shape.length - 1];
  const count = data.length / width;
  return Array.from({ length: count }, (_, row) =>
    Array.from({ length: width }, (_, i) => data[row * width + i]).reduce((sum, value) => sum + value, 0),
  );
}

describe('resizeMatrix', () => {
  const stretches = [
    { start: 0, length: 20 },
    { start: 7, length: 1 },
    { start: 19, length: 1 },
    { start: 3, length: 11 },
  ];
  const starts = tensor(
    [stretches.length, 1, 1],
    stretches.map(({ start }) => start),
  );
  const lengths = tensor(
    [stretches.length, 1, 1],
    stretches.map(({ length }) => length),
  );

  it.each([1, 7, 11, 48])(
    'has rows that sum to 1, with weights inside the stretch only, to %d places',
    async (size) => {
      const matrix = await evaluate([starts, lengths], ([start, length]) =>
        resizeMatrix({ pixel: places(20, 'row'), place: places(size, 'column'), size, start, length }),
      );
      expect(matrix.shape).toEqual([stretches.length, size, 20]);
      for (const sum of rowSums(matrix)) expect(sum).toBeCloseTo(1, 9);
      matrix.data.forEach((weight: number, i: number) => {
        const { start, length } = stretches[Math.floor(i / (size * 20))];
        const inside = i % 20 >= start && i % 20 < start + length;
        expect(weight).toBeGreaterThanOrEqual(0);
        if (!inside) expect(weight).toBe(0);
      });
    },
  );
});

describe('blurMatrix', () => {
  it('has rows that sum to 1, and is the identity for samples that are not blurred', async () => {
    const sharpness = tensor([2, 1], [1 / (2 * 1.5 ** 2), noBlur]);
    const matrix = await evaluate([sharpness], ([x]) => blurMatrix(x, 9, 4));
    expect(matrix.shape).toEqual([2, 9, 9]);
    for (const sum of rowSums(matrix)) expect(sum).toBeCloseTo(1, 9);
    const second = Array.from(matrix.data).slice(81);
    expect(second).toEqual(second.map((_, i) => (i % 10 === 0 ? 1 : 0)));
  });

  it('has a kernel of a tenth of the view, odd, at least 3 pixels', () => {
    const kernels = [8, 32, 40, 64, 96, 128, 224].map((size) => 2 * blurRadius(size) + 1);
    expect(kernels).toEqual([3, 3, 5, 7, 9, 13, 23]);
  });
});

describe('cropFlipBlur', () => {
  const images = randomTensor([1, 3, 12, 12], 1, 0, 1);
  const crop = (numbers: readonly number[], size: number): Promise<Tensor> =>
    evaluate([images, tensor([1, 6], numbers)], ([x, geometry]) =>
      cropFlipBlur(x, geometry, { size, blur: unblurred }),
    );
  const at = ({ shape, data }: Tensor, channel: number, y: number, x: number): number =>
    data[(channel * shape[2] + y) * shape[3] + x];

  it('gives the image itself for the whole crop', async () => {
    const same = await crop([0, 0, 12, 12, 0, noBlur], 12);
    expect(Array.from(same.data)).toEqual(Array.from(images.data));
  });

  it.each([0, 1, 2, 3])('cuts a crop of the view’s size pixel by pixel, flips %d', async (flips) => {
    const view = await crop([4, 1, 6, 6, flips, noBlur], 6);
    for (let channel = 0; channel < 3; channel++) {
      for (let y = 0; y < 6; y++) {
        for (let x = 0; x < 6; x++) {
          const sourceY = 4 + (flips & 2 ? 5 - y : y);
          const sourceX = 1 + (flips & 1 ? 5 - x : x);
          expect(at(view, channel, y, x)).toBeCloseTo(at(images, channel, sourceY, sourceX), 12);
        }
      }
    }
  });
});

describe('whole images', () => {
  it('are resized alike from a slot that they fill and from a tensor of their own', async () => {
    const images = randomTensor([2, 3, 14, 14], 2, 0, 1);
    const sizes = tensor([2, 2], [14, 14, 14, 14]);
    const fromSlot = await evaluate([images, sizes], ([x, known]) => wholeImageView(x, known, 9));
    const fromImage = await evaluate([images], ([x]) => normalizeImage(resizeImage(x, 9)));
    expect(Array.from(fromSlot.data)).toEqual(Array.from(fromImage.data));
  });

  it('do not see the empty rest of their slot', async () => {
    const images = randomTensor([1, 3, 16, 16], 3, 0, 1);
    const fromSlot = await evaluate([images, tensor([1, 2], [10, 13])], ([x, known]) =>
      wholeImageView(x, known, 8),
    );
    const cut = await evaluate([images], ([x]) =>
      normalizeImage(resizeImage(slice(x, [0, 0, 0, 0], [1, 3, 10, 13]), 8)),
    );
    cut.data.forEach((value: number, i: number) => expect(fromSlot.data[i]).toBeCloseTo(value, 12));
  });
});
