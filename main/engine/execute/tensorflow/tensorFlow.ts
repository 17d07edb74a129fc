import type * as core from '@tensorflow/tfjs-core';

/** TensorFlow.js's functions, whichever package brings them: tfjs-node and tfjs-node-gpu export all of them. */
export type TensorFlow = typeof core;
export type { Tensor as TfTensor, Tensor4D } from '@tensorflow/tfjs-core';
