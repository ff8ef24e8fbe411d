/**
 * A compiled function with its vector-Jacobian product: forward alone, forward that keeps its residuals, backward from
 * residuals, or backward that computes the forward pass again (gradient cache: memory of one micro-batch, whatever the batch).
 */
import * as tf from '@tensorflow/tfjs-core';
import { inputNodes, runFunction, type CompileContext } from './compile.js';
import { cutAfter, nodesFor } from './dependencies.js';
import { createFunction, type GraphFunction } from './graph-function.js';
import { flatten, signature, unflatten, type TensorTree } from './tensor-tree.js';
import { symbolicInputs, trace } from './trace.js';
import type { SymbolicTensor } from './recorder.js';

export type Tensors = Record<string, tf.Tensor>;

/** `outputs` are differentiated with respect to the parameters; `extras` come along without a gradient. */
export interface ForwardResult {
  outputs: Tensors;
  extras: Tensors;
}

export type DifferentiableFunction<In extends TensorTree> = (parameters: Tensors, inputs: In) => ForwardResult;

/** What a forward pass leaves for its backward pass. */
export interface Residuals {
  backward(outputGradients: Tensors): Promise<Tensors>;
  dispose(): void;
}

export interface Differentiable<In extends TensorTree> {
  forward(parameters: Tensors, inputs: In): Promise<ForwardResult>;
  forwardKeeping(parameters: Tensors, inputs: In): Promise<ForwardResult & { residuals: Residuals }>;
  /** Gradients of sum(outputs * outputGradients), of the form of `parameters`; computes the forward pass itself. */
  gradients(parameters: Tensors, inputs: In, outputGradients: Tensors): Promise<Tensors>;
}

/** `name` as for `compile`. */
export function differentiable<In extends TensorTree>(
  context: CompileContext,
  name: string,
  fn: DifferentiableFunction<In>,
): Differentiable<In> {
  return context.compiler === undefined ? eager(fn) : compiled(context, name, fn);
}

function eager<In extends TensorTree>(fn: DifferentiableFunction<In>): Differentiable<In> {
  const forward = async (parameters: Tensors, inputs: In): Promise<ForwardResult> =>
    tf.tidy(() => fn(parameters, inputs) as unknown as tf.TensorContainer) as unknown as ForwardResult;
  const gradients = async (parameters: Tensors, inputs: In, outputGradients: Tensors): Promise<Tensors> =>
    tf.tidy(() => productGradients(parameters, () => fn(parameters, inputs).outputs, outputGradients));
  const forwardKeeping: Differentiable<In>['forwardKeeping'] = async (parameters, inputs) => ({
    ...(await forward(parameters, inputs)),
    residuals: {
      backward: (outputGradients) => gradients(parameters, inputs, outputGradients),
      dispose: () => undefined,
    },
  });
  return { forward, forwardKeeping, gradients };
}

/** Gradients of sum(outputs * outputGradients) with respect to each parameter. */
function productGradients(parameters: Tensors, outputs: () => Tensors, outputGradients: Tensors): Tensors {
  const names = Object.keys(parameters);
  const product = (): tf.Scalar => {
    const terms = Object.entries(outputs()).map(([key, output]) => tf.sum(tf.mul(output, outputGradients[key])));
    return tf.addN(terms) as tf.Scalar;
  };
  const values = names.map((parameter) => parameters[parameter]);
  const gradients = tf.grads(product)(values);
  return Object.fromEntries(names.map((parameter, index) => [parameter, gradients[index]]));
}

/** The functions that one trace gives: whole passes, and the two halves of the cut between forward and backward. */
interface Passes {
  like: ForwardResult;
  forward: GraphFunction;
  forwardKeeping: GraphFunction;
  backward: GraphFunction;
  gradients: GraphFunction;
  outputCount: number;
}

function compiled<In extends TensorTree>(
  context: CompileContext,
  name: string,
  fn: DifferentiableFunction<In>,
): Differentiable<In> {
  const known = new Map<string, Passes>();
  const passesFor = (parameters: Tensors, inputs: In): Passes => {
    const key = signature([parameters, inputs]);
    let passes = known.get(key);
    if (passes === undefined)
      known.set(key, (passes = tracePasses(context, `${name}_${known.size}`, fn, parameters, inputs)));
    return passes;
  };
  const restore = (passes: Passes, leaves: tf.Tensor[]): ForwardResult =>
    unflatten(passes.like as unknown as TensorTree, leaves) as unknown as ForwardResult;

  return {
    forward: async (parameters, inputs) => {
      const passes = passesFor(parameters, inputs);
      return restore(passes, await runFunction(context, passes.forward, flatten([parameters, inputs])));
    },
    forwardKeeping: async (parameters, inputs) => {
      const passes = passesFor(parameters, inputs);
      const leaves = await runFunction(context, passes.forwardKeeping, flatten([parameters, inputs]));
      const kept = leaves.splice(passes.outputCount);
      const residuals: Residuals = {
        backward: async (outputGradients) => {
          const given = [
            ...flatten([parameters, inputs]),
            ...kept,
            ...orderedLike(passes.like.outputs, outputGradients),
          ];
          return named(parameters, await runFunction(context, passes.backward, given));
        },
        dispose: () => tf.dispose(kept),
      };
      return { ...restore(passes, leaves), residuals };
    },
    gradients: async (parameters, inputs, outputGradients) => {
      const passes = passesFor(parameters, inputs);
      const given = [...flatten([parameters, inputs]), ...orderedLike(passes.like.outputs, outputGradients)];
      return named(parameters, await runFunction(context, passes.gradients, given));
    },
  };
}

const orderedLike = (like: Tensors, values: Tensors): tf.Tensor[] => Object.keys(like).map((key) => values[key]);

const named = (like: Tensors, values: readonly tf.Tensor[]): Tensors =>
  Object.fromEntries(Object.keys(like).map((key, index) => [key, values[index]]));

function tracePasses<In extends TensorTree>(
  { runtime, backend, compiler }: CompileContext,
  name: string,
  fn: DifferentiableFunction<In>,
  parameters: Tensors,
  inputs: In,
): Passes {
  const traced = trace(runtime, backend, (tracing) => {
    const symbolic = symbolicInputs(tracing, [parameters, inputs] as const);
    const outputGradients: Tensors = {};
    // Tensors made inside tf.grads are gone after it, so their symbols are taken inside.
    const inside: { like?: ForwardResult; results?: SymbolicTensor[]; outputGradients?: SymbolicTensor[] } = {};
    const forward = (): Tensors => {
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
  const create = (
    suffix: string,
    nodes: Iterable<SymbolicTensor['node']>,
    ins: SymbolicTensor[],
    outs: SymbolicTensor[],
  ) =>
    createFunction(runtime, compiler!, {
      name: `${name}_${suffix}`,
      recorder,
      nodes: [...nodes],
      inputs: ins,
      outputs: outs,
    });

  const givenNodes = inputNodes(given);
  const all = inputNodes([...given, ...outputGradients]);
  const forwardNodes = nodesFor(recorder, results, givenNodes);
  const { nodes, residuals } = cutAfter(recorder, new Set([...forwardNodes, ...all]), gradients);
  const kept = residuals.filter((symbol) => !all.has(symbol.node));
  const passes = {
    like,
    outputCount: results.length,
    forward: create('forward', forwardNodes, given, results),
    forwardKeeping: create('forward_keeping', forwardNodes, given, [...results, ...kept]),
    backward: create('backward', nodes, [...given, ...kept, ...outputGradients], gradients),
    gradients: create('gradients', nodesFor(recorder, gradients, all), [...given, ...outputGradients], gradients),
  };
  recorder.dispose();
  return passes;
}
