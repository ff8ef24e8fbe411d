/** tfjs' TensorFlow backend over our binding: registers tfjs-node's kernels, and ours where theirs read values back. */
import * as tf from '@tensorflow/tfjs-core';
import { createRequire } from 'node:module';
import util from 'node:util';
import { registerKernelReplacements } from './kernels.js';
import type { NodeBackend } from './node-backend.js';
import type { DeviceTensor, Runtime } from './runtime.js';
import { TfjsBinding } from './tfjs-binding.js';

export type { NodeBackend };

/** Makes `tensorflow` tfjs' backend in this process. */
export async function registerBackend(runtime: Runtime): Promise<NodeBackend> {
  const require = createRequire(import.meta.url);
  // tfjs-node calls these, which Node 23 removed.
  const legacy = util as unknown as Record<string, unknown>;
  legacy['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
  legacy['isArray'] ??= Array.isArray;
  const { NodeJSKernelBackend } = require('@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js') as {
    NodeJSKernelBackend: new (binding: TfjsBinding, name: string) => NodeBackend & tf.KernelBackend;
  };
  const backend = new NodeJSKernelBackend(new TfjsBinding(runtime), '@tensorflow/tfjs-node-gpu');
  require('@tensorflow/tfjs-node-gpu/dist/register_all_kernels.js');
  registerKernelReplacements();
  tf.registerBackend('tensorflow', () => backend, 3);
  await tf.setBackend('tensorflow');
  return backend;
}

/** The tensor of the runtime's behind a tensor of tfjs'. */
export function deviceTensor(backend: NodeBackend, tensor: tf.Tensor): DeviceTensor {
  return backend.binding.tensor(backend.getInputTensorIds([tensor])[0]);
}

/** A tensor of tfjs' for one of the runtime's; disposing of the one frees the other. */
export function tfjsTensor(backend: NodeBackend, tensor: DeviceTensor): tf.Tensor {
  return backend.createOutputTensor(backend.binding.adopt(tensor));
}
