/** Tracing and compiling: same numbers, no leaks, clear refusals. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DifferentiableFunction } from '../../src/engine/differentiable.js';
import { loadEngine, type Engine } from '../../src/engine/load.js';
import { dropout, statelessBits } from '../../src/engine/random.js';

let engine: Engine;

beforeAll(async () => {
  engine = await loadEngine({ device: 'cpu', threads: 2 });
});

const values = async (tensor: tf.Tensor): Promise<number[]> => Array.from(await tensor.data());

/** Two layers with dropout; the second output and the extra make the cut between the passes less simple. */
const network: DifferentiableFunction<{ x: tf.Tensor; seed: tf.Tensor1D }> = ({ w, v }, { x, seed }) => {
  const hidden = dropout(tf.relu(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D)), 0.25, seed);
  const y = tf.softmax(tf.matMul(hidden as tf.Tensor2D, v as tf.Tensor2D));
  return { outputs: { y, norms: tf.sum(tf.square(hidden), 1) }, extras: { mean: tf.mean(hidden) } };
};

function networkInputs() {
  return {
    parameters: { w: tf.randomNormal([8, 16], 0, 1, 'float32', 1), v: tf.randomNormal([16, 4], 0, 1, 'float32', 2) },
    inputs: { x: tf.randomNormal([5, 8], 0, 1, 'float32', 3), seed: tf.tensor1d([3, -9], 'int32') },
    outputGradients: {
      y: tf.randomNormal([5, 4], 0, 1, 'float32', 4),
      norms: tf.randomNormal([5], 0, 1, 'float32', 5),
    },
  };
}

describe('a compiled function', () => {
  it('is traced once for each form of its arguments', async () => {
    let traces = 0;
    const double = engine.compile('double', ({ x }: { x: tf.Tensor }) => {
      traces++;
      return tf.mul(x, 2);
    });
    expect(await values(await double({ x: tf.tensor1d([1, 2]) }))).toEqual([2, 4]);
    expect(await values(await double({ x: tf.tensor1d([3, 4]) }))).toEqual([6, 8]);
    expect(traces).toBe(1);
    expect(await values(await double({ x: tf.tensor1d([3, 4, 5]) }))).toEqual([6, 8, 10]);
    expect(traces).toBe(2);
  });

  it('lets the event loop go on while it computes', async () => {
    const power = engine.compile('power', ({ x }: { x: tf.Tensor2D }) => {
      let product = x;
      for (let i = 0; i < 12; i++) product = tf.mul(tf.matMul(product, x), 1e-3);
      return product;
    });
    const x = tf.randomNormal<tf.Rank.R2>([1000, 1000], 0, 1, 'float32', 6);
    await power({ x });
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await power({ x });
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(3);
  });

  it('names the operation that reads values and cannot be traced', async () => {
    const masked = engine.compile('masked', ({ x }: { x: tf.Tensor }) => {
      x.dataSync();
      return x;
    });
    await expect(masked({ x: tf.tensor1d([1, 2]) })).rejects.toMatchObject({ code: 'MLIP_E_ENGINE_TRACE' });
    const top = engine.compile('top', ({ x }: { x: tf.Tensor1D }) => tf.unique(x).values);
    await expect(top({ x: tf.tensor1d([1, 2, 2]) })).rejects.toThrow(/Unique/);
  });

  it('refuses a tensor that was made outside', async () => {
    const outside = tf.tensor1d([1, 2]);
    outside.dataSync();
    tf.mul(outside, 1).dispose();
    const captures = engine.compile('captures', ({ x }: { x: tf.Tensor }) => tf.mul(x, outside));
    await expect(captures({ x: tf.tensor1d([1, 2]) })).rejects.toThrow(/made outside/);
  });

  it('works again after a trace has failed', async () => {
    const fails = engine.compile('fails', ({ x }: { x: tf.Tensor }) => tf.scalar(x.dataSync()[0]));
    await expect(fails({ x: tf.scalar(1) })).rejects.toThrow();
    expect(await values(tf.add(tf.scalar(1), tf.scalar(2)))).toEqual([3]);
  });
});

describe('a differentiable function', () => {
  it('gives the gradients of the tape of tfjs, and the same bits again', async () => {
    const { parameters, inputs, outputGradients } = networkInputs();
    const compiled = engine.differentiable('network', network);
    const first = await compiled(parameters, inputs);
    const again = await compiled(parameters, inputs);
    const gradients = await first.residuals.backward(outputGradients);
    const repeated = await again.residuals.backward(outputGradients);
    const eager = tf.tidy(() => {
      const product = (w: tf.Tensor, v: tf.Tensor): tf.Scalar => {
        const { y, norms } = network({ w, v }, inputs).outputs;
        return tf.add(tf.sum(tf.mul(y, outputGradients.y)), tf.sum(tf.mul(norms, outputGradients.norms)));
      };
      return tf.grads(product)([parameters.w, parameters.v]);
    });
    for (const [index, name] of ['w', 'v'].entries()) {
      const expected = await values(eager[index]);
      (await values(gradients[name])).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 4));
      expect(await values(repeated[name])).toEqual(await values(gradients[name]));
    }
    const { outputs, extras } = network(parameters, inputs);
    const y = await values(outputs['y']);
    (await values(first.outputs['y'])).forEach((value, i) => expect(value).toBeCloseTo(y[i], 5));
    expect((await values(first.extras['mean']))[0]).toBeCloseTo((await values(extras['mean']))[0], 5);
  });

  it('holds as many tensors after 200 steps as after one, and no more memory', async () => {
    const { parameters, inputs, outputGradients } = networkInputs();
    const compiled = engine.differentiable('network', network);
    const step = async (): Promise<void> => {
      const kept = await compiled(parameters, inputs);
      const gradients = await kept.residuals.backward(outputGradients);
      kept.residuals.dispose();
      tf.dispose([kept.outputs, kept.extras, gradients]);
    };
    for (let i = 0; i < 50; i++) await step();
    const [tensors, handles, bytes] = [tf.memory().numTensors, engine.runtime.tensorCount, process.memoryUsage().rss];
    for (let i = 0; i < 200; i++) await step();
    expect(tf.memory().numTensors).toBe(tensors);
    expect(engine.runtime.tensorCount).toBe(handles);
    expect(process.memoryUsage().rss - bytes).toBeLessThan(30e6);
  });
});

describe('random bits', () => {
  it('are a function of the seed, the same eagerly and compiled', async () => {
    const draw = ({ seed }: { seed: tf.Tensor1D }): tf.Tensor => statelessBits([3, 37], seed);
    const seed = tf.tensor1d([5, -7], 'int32');
    const eager = await values(draw({ seed }));
    expect(await values(await engine.compile('bits_xla', draw, 'xla')({ seed }))).toEqual(eager);
    expect(await values(await engine.compile('bits_executor', draw, 'executor')({ seed }))).toEqual(eager);
    expect(await values(draw({ seed: tf.tensor1d([5, -8], 'int32') }))).not.toEqual(eager);
    expect(new Set(eager).size).toBe(eager.length);
  });

  it('let dropout zero its share and keep the mean', async () => {
    const dropped = await values(dropout(tf.ones([100_000]), 0.3, tf.tensor1d([1, 2], 'int32')));
    const zeros = dropped.filter((value) => value === 0).length;
    expect(zeros / dropped.length).toBeCloseTo(0.3, 2);
    expect(dropped.reduce((sum, value) => sum + value, 0) / dropped.length).toBeCloseTo(1, 1);
  });
});
