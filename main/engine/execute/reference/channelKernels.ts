import { forEachIndex, zeros } from './indexing.ts';
import type { KernelRows } from './kernel.ts';
import type { NumericArray, Tensor } from '../../graph/node.ts';

export const channelKernels: KernelRows<'channelAffine' | 'fusedAffine' | 'batchNorm'> = {
  channelAffine: ([x, scale, shift]) =>
    mapChannels(x, (value, channel) => scale.data[channel] * value + shift.data[channel]),
  fusedAffine: ([x, scale, shift, addend], { relu }) => {
    const affine = mapChannels(x, (value, channel) => scale.data[channel] * value + shift.data[channel]);
    const sum = addend ? affine.map((value, i) => value + addend.data[i]) : affine;
    return relu ? sum.map((value) => Math.max(0, value)) : sum;
  },
  batchNorm: ([x, scale, shift], { epsilon }) => {
    const mean = channelMeans(x, (value) => value);
    const variance = channelMeans(x, (value, channel) => (value - mean[channel]) ** 2);
    return mapChannels(x, (value, channel) => {
      const normalized = (value - mean[channel]) / Math.sqrt(variance[channel] + epsilon);
      return scale.data[channel] * normalized + shift.data[channel];
    });
  },
};

function mapChannels(x: Tensor, f: (value: number, channel: number) => number): NumericArray {
  const result = zeros('float32', x.shape);
  forEachIndex(x.shape, (index, offset) => {
    result[offset] = f(x.data[offset], index[1]);
  });
  return result;
}

/** The mean of f over the batch and all positions of each channel. */
function channelMeans(x: Tensor, f: (value: number, channel: number) => number): NumericArray {
  const sums = zeros('float32', [x.shape[1]]);
  forEachIndex(x.shape, (index, offset) => {
    sums[index[1]] += f(x.data[offset], index[1]);
  });
  const count = x.data.length / x.shape[1];
  return sums.map((sum) => sum / count);
}
