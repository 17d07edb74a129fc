/**
 * ONNX Runtime's internal operators on blocked images, from their definitions, for any block: so that the lowering for
 * machines of another block than this one's can be tested. Values are in memory's order, see `lower/cpu/layout.ts`.
 */
export interface Image {
  readonly data: Float32Array;
  /** Logical: [N, C, H, W]. */
  readonly shape: readonly number[];
}

export interface WindowAttributes {
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  /** Top, left, bottom, right. */
  readonly pads: readonly [number, number, number, number];
  readonly dilations: readonly [number, number];
}

export function reorderInput(x: Image, block: number, channelsLast: boolean): Image {
  const [n, c, h, w] = channelsLast ? [0, 3, 1, 2].map((axis) => x.shape[axis]) : x.shape;
  const y = emptyImage([n, Math.ceil(c / block) * block, h, w]);
  forEachPixel([n, c, h, w], (i, channel, row, column) => {
    const from = channelsLast
      ? ((i * h + row) * w + column) * c + channel
      : ((i * c + channel) * h + row) * w + column;
    y.data[blockedPlace(y.shape, block, i, channel, row, column)] = x.data[from];
  });
  return y;
}

export function reorderOutput(x: Image, block: number, channels: number): Image {
  const [n, , h, w] = x.shape;
  const y = emptyImage([n, channels, h, w]);
  forEachPixel(y.shape, (i, channel, row, column) => {
    const to = ((i * channels + channel) * h + row) * w + column;
    y.data[to] = x.data[blockedPlace(x.shape, block, i, channel, row, column)];
  });
  return y;
}

export interface ConvOperands {
  readonly x: Image;
  /** [O, I/groups, kh, kw]. */
  readonly w: Image;
  readonly bias: Float32Array | undefined;
  readonly addend: Float32Array | undefined;
}

export function conv(
  { x, w, bias, addend }: ConvOperands,
  window: WindowAttributes & { readonly groups: number; readonly relu: boolean },
  block: number,
): Image {
  const { groups, relu } = window;
  const [n, inputs, height, width] = x.shape;
  const [outputs, perGroup, kh, kw] = w.shape;
  const y = emptyImage([n, outputs, ...windowCounts(height, width, window)]);
  const isBlocked = inputs >= block;
  const channelStep = isBlocked ? block : 1;
  const weightAt = kernelPlaces(w.shape, block, groups);
  forEachPixel(y.shape, (i, o, row, column) => {
    const at = blockedPlace(y.shape, block, i, o, row, column);
    const first = Math.floor(o / (outputs / groups)) * perGroup;
    let sum = (bias?.[o] ?? 0) + (addend?.[at] ?? 0);
    forEachTap(row, column, window, height, width, (a, b, r, c) => {
      for (let k = 0; k < perGroup; k++)
        sum +=
          x.data[blockedPlace(x.shape, channelStep, i, first + k, r, c)] *
          w.data[weightAt(o, k, a * kw + b, kh * kw)];
    });
    y.data[at] = relu ? Math.max(0, sum) : sum;
  });
  return y;
}

export function maxPool(x: Image, window: WindowAttributes, block: number): Image {
  const [n, channels, height, width] = x.shape;
  const y = emptyImage([n, channels, ...windowCounts(height, width, window)]);
  forEachPixel(y.shape, (i, channel, row, column) => {
    let largest = -Infinity;
    forEachTap(row, column, window, height, width, (_a, _b, r, c) => {
      largest = Math.max(largest, x.data[blockedPlace(x.shape, block, i, channel, r, c)]);
    });
    y.data[blockedPlace(y.shape, block, i, channel, row, column)] = largest;
  });
  return y;
}

export function globalAveragePool(x: Image, block: number): Image {
  const [n, channels, height, width] = x.shape;
  const y = emptyImage([n, channels, 1, 1]);
  forEachPixel(x.shape, (i, channel, row, column) => {
    y.data[i * channels + channel] +=
      x.data[blockedPlace(x.shape, block, i, channel, row, column)] / (height * width);
  });
  return y;
}

function emptyImage(shape: readonly number[]): Image {
  return { data: new Float32Array(shape.reduce((product, size) => product * size, 1)), shape };
}

function blockedPlace(
  [, channels, height, width]: readonly number[],
  block: number,
  ...[n, c, h, w]: readonly [number, number, number, number]
): number {
  const plane = n * (channels / block) + Math.floor(c / block);
  return ((plane * height + h) * width + w) * block + (c % block);
}

/** Where (output, input of its group, tap) lies in the weights. */
function kernelPlaces([outputs, perGroup]: readonly number[], block: number, groups: number) {
  const isDepthwise = groups > 1 && perGroup === 1 && outputs === groups;
  const inner = isDepthwise || perGroup < block ? 1 : block;
  return (o: number, i: number, tap: number, taps: number): number => {
    const piece = (Math.floor(o / block) * (perGroup / inner) + Math.floor(i / inner)) * taps + tap;
    return (piece * inner + (i % inner)) * block + (o % block);
  };
}

function windowCounts(height: number, width: number, window: WindowAttributes): [number, number] {
  const { kernel, strides, pads, dilations } = window;
  const count = (axis: 0 | 1, size: number): number => {
    const reach = (kernel[axis] - 1) * dilations[axis] + 1;
    return Math.floor((size + pads[axis] + pads[axis + 2] - reach) / strides[axis]) + 1;
  };
  return [count(0, height), count(1, width)];
}

function forEachTap(
  row: number,
  column: number,
  { kernel, strides, pads, dilations }: WindowAttributes,
  height: number,
  width: number,
  visit: (a: number, b: number, row: number, column: number) => void,
): void {
  for (let a = 0; a < kernel[0]; a++) {
    for (let b = 0; b < kernel[1]; b++) {
      const r = row * strides[0] + a * dilations[0] - pads[0];
      const c = column * strides[1] + b * dilations[1] - pads[1];
      if (r >= 0 && r < height && c >= 0 && c < width) visit(a, b, r, c);
    }
  }
}

function forEachPixel(
  [n, channels, height, width]: readonly number[],
  visit: (n: number, c: number, h: number, w: number) => void,
): void {
  for (let i = 0; i < n; i++)
    for (let c = 0; c < channels; c++)
      for (let h = 0; h < height; h++) for (let w = 0; w < width; w++) visit(i, c, h, w);
}
