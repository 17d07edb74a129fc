import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { createTensorFlowExecutor } from '../../main/engine/execute/tensorflow/tensorFlowExecutor.ts';

// Or it advises to install tfjs-node.
tf.env().set('IS_TEST', true);

/** TensorFlow.js in plain JavaScript: slow, and independent of both other executors. */
export const plainTensorFlow = createTensorFlowExecutor(tf);
export { tf };
