/**
 * A function with its vector-Jacobian product, compiled as two functions that are cut out of one trace: forward, which
 * leaves residuals, and backward, which takes them. Who has no room for the residuals of several inputs disposes of them
 * and runs forward again (gradient cache); the bits are the same, since the functions are.
 */
import * as tf from '@tensorflow/tfjs-core';
import { inputNodes, runFunction, type CompileContext } from './compile.js';
import { cutAfter, nodesFor } from './dependencies.js';
import { createFunction, type GraphFunction } from './graph-function.js';
import type { SymbolicTensor } from './recorder.js';
import { flatten, signature, unflatten, type TensorTree } from './tensor-tree.js';
import { symbolicInputs, trace } from './trace.js';

/** `outputs` are differentiated with respect to the parameters; `extras` come along without a gradient. */
export interface ForwardResult {
  outputs: tf.NamedTensorMap;
  extras: tf.NamedTensorMap;
}

export type DifferentiableFunction<In extends TensorTree> = (
  parameters: tf.NamedTensorMap,
  inputs: In,
) => ForwardResult;

/** What a forward pass leaves for its backward pass. */
export interface Residuals {
  /** Gradients of sum(outputs * outputGradients), of the form of the parameters, which must still exist. */
  backward(outputGradients: tf.NamedTensorMap): Promise<tf.NamedTensorMap>;
  dispose(): void;
}

/** Runs the forward pass. Everything returned belongs to the caller. */
export type Differentiable<In extends TensorTree> = (
  parameters: tf.NamedTensorMap,
  inputs: In,
) => Promise<ForwardResult & { residuals: Residuals }>;

/** `name` as for `compile`. */
export function differentiable<In extends TensorTree>(
  context: CompileContext,
  name: string,
  fn: DifferentiableFunction<In>,
): Differentiable<In> {
  return context.compiler === undefined ? eager(fn) : compiled(context, name, fn);
}

/** Keeps no residuals: the backward pass runs the function once more, on tfjs' tape. */
function eager<In extends TensorTree>(fn: DifferentiableFunction<In>): Differentiable<In> {
  return async (parameters, inputs) => {
    const result = tf.tidy(() => fn(parameters, inputs) as unknown as tf.TensorContainer) as unknown as ForwardResult;
    const backward: Residuals['backward'] = async (outputGradients) =>
      tf.tidy(() => productGradients(parameters, () => fn(parameters, inputs).outputs, outputGradients));
    return { ...result, residuals: { backward, dispose: () => undefined } };
  };
}

/** Gradients of sum(outputs * outputGradients) with respect to each parameter. */
function productGradients(
  parameters: tf.NamedTensorMap,
  outputs: () => tf.NamedTensorMap,
  outputGradients: tf.NamedTensorMap,
): tf.NamedTensorMap {
  const product = (): tf.Scalar => {
    const terms = Object.entries(outputs()).map(([key, output]) => tf.sum(tf.mul(output, outputGradients[key])));
    return tf.addN(terms) as tf.Scalar;
  };
  return named(parameters, tf.grads(product)(Object.values(parameters)));
}

const named = (like: tf.NamedTensorMap, values: readonly tf.Tensor[]): tf.NamedTensorMap =>
  Object.fromEntries(Object.keys(like).map((key, index) => [key, values[index]]));

/** The two functions of one form of arguments. */
interface Passes {
  like: ForwardResult;
  /** Arguments -> outputs, extras, residuals. */
  forward: GraphFunction;
  /** Arguments, residuals, output gradients -> gradients. */
  backward: GraphFunction;
}

function compiled<In extends TensorTree>(
  context: CompileContext,
  name: string,
  fn: DifferentiableFunction<In>,
): Differentiable<In> {
  const known = new Map<string, Passes>();
  return async (parameters, inputs) => {
    const key = signature([parameters, inputs]);
    const passes = known.get(key) ?? tracePasses(context, `${name}_${known.size}`, fn, parameters, inputs);
    known.set(key, passes);
    const given = flatten([parameters, inputs]);
    const { outputs, extras } = passes.like;
    const results = await runFunction(context, passes.forward, given);
    const kept = results.splice(flatten([outputs, extras]).length);
    const backward: Residuals['backward'] = async (outputGradients) => {
      const ordered = Object.keys(outputs).map((output) => outputGradients[output]);
      return named(parameters, await runFunction(context, passes.backward, [...given, ...kept, ...ordered]));
    };
    const [restoredOutputs, restoredExtras] = unflatten([outputs, extras] as const, results);
    const residuals = { backward, dispose: () => tf.dispose(kept) };
    return { outputs: restoredOutputs, extras: restoredExtras, residuals };
  };
}

function tracePasses<In extends TensorTree>(
  { runtime, backend, compiler }: CompileContext,
  name: string,
  fn: DifferentiableFunction<In>,
  parameters: tf.NamedTensorMap,
  inputs: In,
): Passes {
  const traced = trace(runtime, backend, (tracing) => {
    const symbolic = symbolicInputs(tracing, [parameters, inputs] as const);
    const outputGradients: tf.NamedTensorMap = {};
    // Tensors made inside tf.grads are gone after it, so their symbols are taken inside.
    const inside: { like?: ForwardResult; results?: SymbolicTensor[]; outputGradients?: SymbolicTensor[] } = {};
    const forward = (): tf.NamedTensorMap => {
      const like = fn(...symbolic);
      for (const [key, { shape }] of Object.entries(like.outputs))
        outputGradients[key] = tracing.input(shape, 'float32');
      inside.like = like;
      inside.results = tracing.symbols(flatten([like.outputs, like.extras]));
      inside.outputGradients = tracing.symbols(Object.values(outputGradients));
      return like.outputs;
    };
    const gradients = productGradients(symbolic[0], forward, outputGradients);
    const given = tracing.symbols(flatten(symbolic));
    return { ...(inside as Required<typeof inside>), given, gradients: tracing.symbols(Object.values(gradients)) };
  });
  const { recorder, given, results, outputGradients, gradients, like } = traced;
  const forwardNodes = nodesFor(recorder, results, inputNodes(given));
  const inputsOfBoth = inputNodes([...given, ...outputGradients]);
  const cut = cutAfter(recorder, new Set([...forwardNodes, ...inputsOfBoth]), gradients);
  const kept = cut.residuals.filter((symbol) => !inputsOfBoth.has(symbol.node));
  const create = (
    suffix: string,
    nodes: ReadonlySet<SymbolicTensor['node']>,
    ins: readonly SymbolicTensor[],
    outs: readonly SymbolicTensor[],
  ): GraphFunction =>
    createFunction(runtime, compiler!, {
      name: `${name}_${suffix}`,
      recorder,
      nodes: [...nodes],
      inputs: ins,
      outputs: outs,
    });
  const forward = create('forward', forwardNodes, given, [...results, ...kept]);
  const backward = create('backward', cut.nodes, [...given, ...kept, ...outputGradients], gradients);
  recorder.dispose();
  return { like, forward, backward };
}
