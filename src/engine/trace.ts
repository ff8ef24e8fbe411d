/** Traces a pure tfjs function into a graph: runs its JavaScript once on symbolic tensors, computing nothing. */
import * as tf from '@tensorflow/tfjs-core';
import type { NodeBackend } from './backend.js';
import { TF } from './dtypes.js';
import { Recorder, type SymbolicTensor } from './recorder.js';
import type { Runtime } from './runtime.js';
import { flatten, unflatten, type TensorTree } from './tensor-tree.js';

/** Lets a traced function take further inputs while it runs, and name what it returns. */
export interface Tracing {
  /** A new input of the function. */
  input(shape: readonly number[], dtype: tf.DataType): tf.Tensor;
  /** Symbolic tensors behind tensors of tfjs'; call it before their scope ends. */
  symbols(tensors: readonly tf.Tensor[]): SymbolicTensor[];
}

/** Runs `body` with a recorder in place of the runtime. The recorder belongs to the caller, who disposes of it. */
export function trace<T>(
  runtime: Runtime,
  backend: NodeBackend,
  body: (tracing: Tracing) => T,
): T & { recorder: Recorder } {
  const recorder = new Recorder(runtime);
  const tracing: Tracing = {
    input: (shape, dtype) => backend.createOutputTensor(recorder.placeholder(shape, tensorFlowType(dtype))),
    symbols: (tensors) => backend.getInputTensorIds(tensors).map((id) => recorder.symbol(id)),
  };
  const stopNaming = nameKernels(recorder);
  backend.binding.recorder = recorder;
  tf.engine().startScope('trace');
  try {
    return { ...body(tracing), recorder };
  } catch (error) {
    recorder.dispose();
    throw error;
  } finally {
    tf.engine().endScope();
    backend.binding.recorder = undefined;
    stopNaming();
  }
}

/** Symbolic inputs of the form of `like`. */
export function symbolicInputs<T extends TensorTree>(tracing: Tracing, like: T): T {
  const leaves = flatten(like).map((tensor) => tracing.input(tensor.shape, tensor.dtype));
  return unflatten(like, leaves);
}

function tensorFlowType(dtype: tf.DataType): number {
  if (dtype === 'float32') return TF.FLOAT;
  return dtype === 'bool' ? TF.BOOL : TF.INT32;
}

/** tfjs does not say which of its kernels calls the binding; errors should. */
function nameKernels(recorder: Recorder): () => void {
  const engine = tf.engine();
  const original = engine.runKernel.bind(engine);
  engine.runKernel = ((name: string, ...rest: [tf.NamedTensorMap, tf.NamedAttrMap?]) => {
    recorder.kernels.push(name);
    const result: unknown = original(name, ...rest);
    recorder.kernels.pop();
    return result;
  }) as typeof engine.runKernel;
  return () => {
    engine.runKernel = original;
  };
}
