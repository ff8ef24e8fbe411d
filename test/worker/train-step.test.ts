// One training step in this process, on TensorFlow.
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { StepBatches } from '../../src/data/loader.js';
import { loadEngine } from '../../src/engine/load.js';
import { trainStep } from '../../src/worker/train-step.js';
import { distance, noiseBatches, smallConfig, smallStep, values, type SmallStep } from './small-step.js';

beforeAll(() => loadEngine({ device: 'cpu', threads: 1 }));

const config = smallConfig();

async function train({ parts, state }: SmallStep, steps: number): Promise<number[]> {
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    losses.push((await trainStep(parts, state, noiseBatches(parts.config, step))).whole.loss);
  }
  return losses;
}

describe('a step', () => {
  it('computes the same whether it is compiled, by either compiler, or run operation by operation', async () => {
    const eager = await train(await smallStep(config, undefined), 3);
    for (const compiler of ['executor', 'xla'] as const) {
      const compiled = await train(await smallStep(config, compiler), 3);
      compiled.forEach((loss, step) => expect(Math.abs(loss / eager[step] - 1), compiler).toBeLessThan(1e-4));
    }
    expect(new Set(eager).size).toBe(3);
  });

  it('leaves as many tensors as it found, with one micro-batch and with several', async () => {
    for (const microBatchSize of [4, 8]) {
      const small = await smallStep(smallConfig(`microBatchSize=${microBatchSize}`));
      await train(small, 2);
      const before = tf.memory().numTensors;
      for (let step = 2; step < 6; step++) {
        await trainStep(small.parts, small.state, noiseBatches(small.parts.config, step));
        expect(tf.memory().numTensors).toBe(before);
      }
    }
  });

  it('trains a ResNet: its parameters and its running statistics move', async () => {
    const sizes = ['model.vision.width=4', 'model.vision.stages=[1,1,1,1]', 'model.vision.inputSize=40'];
    const resnet = ['model.vision.architecture=resnet', 'model.vision.dropout=0', ...sizes];
    const small = await smallStep(smallConfig(...resnet));
    const names = ['vision.conv1.weight', 'vision.layer4.0.bn3.bias'];
    const state = ['vision.bn1.running_mean', 'vision.layer4.0.downsample.1.running_var'];
    const watched = (): Map<string, Float32Array> => {
      const { parameters, statistics } = small.state;
      const tensors = { ...parameters, ...statistics };
      return values(Object.fromEntries([...names, ...state].map((name) => [name, tensors[name]])), small.parts.engine);
    };
    const before = watched();
    const losses = await train(small, 2);
    expect(losses.every(Number.isFinite)).toBe(true);
    for (const [name, after] of watched()) expect(distance(after, before.get(name)!), name).toBeGreaterThan(0);
  });

  it('counts its time by phase', async () => {
    const small = await smallStep(config);
    await train(small, 1);
    const phases = small.parts.clock.take();
    for (const phase of ['encode', 'loss', 'backward', 'update'] as const) expect(phases[phase]).toBeGreaterThan(0);
    expect(small.parts.clock.take().encode).toBe(0);
  });
});

// BatchNorm makes the micro-batch part of the maths: only where each half of a batch holds the same rows has the whole
// the statistics of its halves. Both halves then have the same gradients, since the loss treats them alike.
describe('a batch in two equal halves', () => {
  const halves = smallConfig('model.vision.dropout=0', 'model.text.dropout=0');
  const whole = smallConfig('model.vision.dropout=0', 'model.text.dropout=0', 'microBatchSize=8');
  const [{ images, pieceIds, pieceMask, wordOfPiece }] = noiseBatches(halves, 0).microBatches;
  const base = { step: 0, epoch: 0, waitMs: 0, unusableRows: 0 };
  const inHalves: StepBatches = {
    ...base,
    microBatches: [0, 1].map((index) => {
      return { index, firstRow: index * 4, rows: new Int32Array(4), images, pieceIds, pieceMask, wordOfPiece };
    }),
  };
  const twice = <T extends Uint8Array | Int32Array | Float32Array>(half: T): T => {
    const both = new (half.constructor as new (length: number) => T)(half.length * 2);
    both.set(half);
    both.set(half, half.length);
    return both;
  };
  const inOne: StepBatches = {
    ...base,
    microBatches: [
      {
        ...{ index: 0, firstRow: 0, rows: new Int32Array(8) },
        ...{ images: twice(images), pieceIds: twice(pieceIds), pieceMask: twice(pieceMask) },
        wordOfPiece: twice(wordOfPiece),
      },
    ],
  };

  it('has the loss and the gradients of the whole', async () => {
    const [a, b] = [await smallStep(halves), await smallStep(whole)];
    const found = await trainStep(a.parts, a.state, inHalves);
    const expected = await trainStep(b.parts, b.state, inOne);
    expect(Math.abs(found.whole.loss / expected.whole.loss - 1)).toBeLessThan(1e-5);
    expect(Math.abs(found.gradNorm / expected.gradNorm - 1)).toBeLessThan(1e-4);
    // After one step the first moments are the clipped gradients, scaled.
    const [moments, wanted] = [values(a.state.first, a.parts.engine), values(b.state.first, b.parts.engine)];
    for (const [name, gradient] of wanted) {
      if (!hasNoEffect(name)) expect(distance(moments.get(name)!, gradient), name).toBeLessThan(1e-3);
    }
  });

  /** Parameters whose gradient is zero in exact arithmetic: softmax takes away what a key's bias adds. */
  const hasNoEffect = (name: string): boolean => name.endsWith('key.bias');
});
