/**
 * `compile(fn)`: a pure function of tensors becomes a TensorFlow function, traced once per form and shapes of its
 * arguments, and is executed off the event loop.
 */
import * as tf from '@tensorflow/tfjs-core';
import { deviceTensor, tfjsTensor, type NodeBackend } from './backend.js';
import { createFunction, type Compiler, type GraphFunction } from './graph-function.js';
import { nodesFor } from './dependencies.js';
import type { SymbolicTensor } from './recorder.js';
import type { Runtime } from './runtime.js';
import { flatten, signature, unflatten, type TensorTree } from './tensor-tree.js';
import { symbolicInputs, trace } from './trace.js';

/** What compiled functions are made with. `compiler` undefined runs every operation eagerly. */
export interface CompileContext {
  runtime: Runtime;
  backend: NodeBackend;
  compiler: Compiler | undefined;
}

export type Compiled<In extends TensorTree, Out extends TensorTree> = (inputs: In) => Promise<Out>;

/** A traced function of one form of arguments. */
interface Specialised<Out> {
  graphFunction: GraphFunction;
  like: Out;
}

/** `name` must be unique in the process and the same in the next one: XLA's cache on disk is kept under it. */
export function compile<In extends TensorTree, Out extends TensorTree>(
  context: CompileContext,
  name: string,
  fn: (inputs: In) => Out,
): Compiled<In, Out> {
  if (context.compiler === undefined) return async (inputs) => tf.tidy(() => fn(inputs) as tf.TensorContainer) as Out;
  const known = new Map<string, Specialised<Out>>();
  return async (inputs) => {
    const key = signature(inputs);
    let found = known.get(key);
    if (found === undefined) known.set(key, (found = specialise(context, `${name}_${known.size}`, fn, inputs)));
    return unflatten(found.like, await runFunction(context, found.graphFunction, flatten(inputs)));
  };
}

/** Executes a function on tensors of tfjs'. */
export async function runFunction(
  { backend }: CompileContext,
  graphFunction: GraphFunction,
  inputs: readonly tf.Tensor[],
): Promise<tf.Tensor[]> {
  const outputs = await graphFunction.run(inputs.map((tensor) => deviceTensor(backend, tensor)));
  return outputs.map((tensor) => tf.keep(tfjsTensor(backend, tensor)));
}

function specialise<In extends TensorTree, Out extends TensorTree>(
  { runtime, backend, compiler }: CompileContext,
  name: string,
  fn: (inputs: In) => Out,
  like: In,
): Specialised<Out> {
  const { recorder, inputs, outputs, result } = trace(runtime, backend, (tracing) => {
    const symbolic = symbolicInputs(tracing, like);
    const traced = fn(symbolic);
    const results = flatten(traced);
    return { inputs: tracing.symbols(flatten(symbolic)), outputs: tracing.symbols(results), result: traced };
  });
  const nodes = [...nodesFor(recorder, outputs, inputNodes(inputs))];
  const graphFunction = createFunction(runtime, compiler!, { name, recorder, nodes, inputs, outputs });
  recorder.dispose();
  return { graphFunction, like: result };
}

/** Nodes of the arguments: they are no part of a function's body. */
export function inputNodes(inputs: readonly SymbolicTensor[]): Set<SymbolicTensor['node']> {
  return new Set(inputs.map((symbol) => symbol.node));
}
