/** Kernels of ours that replace tfjs-node's where those cannot be traced, or add what tfjs has no operation for. */
import * as tf from '@tensorflow/tfjs-core';
import { TF } from './dtypes.js';
import type { NodeBackend } from './node-backend.js';
import { ATTRIBUTE, type OpAttribute } from './op-attributes.js';

export const STATELESS_BITS = 'StatelessBits';

/** Philox: the generator whose bits TensorFlow's executor and XLA agree on. */
const PHILOX = 1;

export function registerKernelReplacements(): void {
  replace('GatherV2', gather);
  replace(STATELESS_BITS, statelessBits);
}

type Kernel = (args: {
  inputs: Record<string, tf.TensorInfo>;
  attrs?: tf.NamedAttrMap;
  backend: unknown;
}) => tf.TensorInfo;

function replace(kernelName: string, kernelFunc: Kernel): void {
  if (tf.getKernel(kernelName, 'tensorflow') !== undefined) tf.unregisterKernel(kernelName, 'tensorflow');
  tf.registerKernel({ kernelName, backendName: 'tensorflow', kernelFunc: kernelFunc as tf.KernelFunc });
}

const typeAttribute = (name: string, value: number): OpAttribute => ({ name, type: ATTRIBUTE.TYPE, value });

/** tfjs-node's version reads the indices back to check their range, which would stop a trace. */
const gather: Kernel = ({ inputs, attrs, backend }) => {
  const { x, indices } = inputs;
  const { axis, batchDims } = attrs as unknown as { axis: number; batchDims: number };
  const axisTensor = tf.scalar(axis, 'int32');
  const attributes = [
    { name: 'batch_dims', type: ATTRIBUTE.INT, value: batchDims },
    typeAttribute('Tparams', x.dtype === 'float32' ? TF.FLOAT : TF.INT32),
    typeAttribute('Tindices', TF.INT32),
    typeAttribute('Taxis', TF.INT32),
  ];
  return (backend as NodeBackend).executeSingleOutput('GatherV2', attributes, [x, indices, axisTensor]);
};

/**
 * Uniform random bits (int32) as a function of `seed` (int32 [2]) alone. Generator, key and counter are named, since
 * the seeded operations that derive them draw other numbers in XLA than in the executor; so do those that return floats.
 */
const statelessBits: Kernel = ({ inputs, attrs, backend }) => {
  const { shape } = attrs as unknown as { shape: number[] };
  const node = backend as NodeBackend;
  const { binding } = node;
  const pair = tf.reshape(inputs['seed'] as tf.Tensor, [1, 2]);
  const cast = [typeAttribute('T', TF.INT32), typeAttribute('type', TF.UINT64)];
  const temporary = [
    binding.createTensor([shape.length], TF.INT32, shape),
    binding.executeOp('Bitcast', cast, node.getInputTensorIds([pair]), 1)[0].id,
    binding.createTensor([2], TF.UINT64, new BigUint64Array(2)),
    binding.createTensor([], TF.INT32, [PHILOX]),
  ];
  const attributes = [typeAttribute('dtype', TF.INT32), typeAttribute('Tshape', TF.INT32)];
  const [bits] = binding.executeOp('StatelessRandomUniformFullIntV2', attributes, temporary, 1);
  for (const id of temporary) binding.deleteTensor(id);
  return node.createOutputTensor(bits);
};
