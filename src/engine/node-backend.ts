/** The type of tfjs-node's backend, for those that run kernels and those that register them. */
import type * as tf from '@tensorflow/tfjs-core';
import type { TfjsBinding } from './tfjs-binding.js';

/** What mlip uses of tfjs-node's NodeJSKernelBackend. */
export interface NodeBackend {
  binding: TfjsBinding;
  getInputTensorIds(tensors: readonly tf.TensorInfo[]): number[];
  createOutputTensor(metadata: { id: number; shape: number[]; dtype: number }): tf.Tensor;
  executeSingleOutput(name: string, attributes: object[], inputs: readonly tf.TensorInfo[]): tf.Tensor;
}
