// A training step with every loss of the method, in this process, on TensorFlow.
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadEngine } from '../../src/engine/load.js';
import { trainStep } from '../../src/worker/train-step.js';
import type { StepResult } from '../../src/worker/step-parts.js';
import { METHOD, noiseBatches, smallConfig, smallStep, values, type SmallStep } from './small-step.js';

beforeAll(() => loadEngine({ device: 'cpu', threads: 1 }));

const method = (...more: string[]) => smallConfig(...METHOD, ...more);
const config = method();

async function train({ parts, state }: SmallStep, steps: number): Promise<StepResult[]> {
  const results: StepResult[] = [];
  for (let step = 0; step < steps; step++) {
    results.push(await trainStep(parts, state, noiseBatches(parts.config, step)));
  }
  return results;
}

describe('a step with every loss', () => {
  it('reports each loss of the batch by its name, and their weighted sum', async () => {
    const [{ whole }] = await train(await smallStep(config), 1);
    const { loss, loss_divergence, loss_knowledge, ...summed } = whole;
    const names = ['loss_global', 'loss_itm', 'loss_local', 'loss_prototype', 'loss_ts'];
    expect(Object.keys(summed).sort()).toEqual(names);
    expect(loss).toBeCloseTo(
      Object.values(summed).reduce((sum, value) => sum + value),
      4,
    );
    for (const value of Object.values(whole)) expect(value).toBeGreaterThan(0);
    expect([loss_divergence < whole['loss_global'], loss_knowledge < whole['loss_local']]).toEqual([true, true]);
  });

  it('computes the same whether it is compiled, by either compiler, or run operation by operation', async () => {
    const eager = await train(await smallStep(config, undefined), 3);
    for (const compiler of ['executor', 'xla'] as const) {
      const compiled = await train(await smallStep(config, compiler), 3);
      compiled.forEach(({ whole }, step) =>
        expect(Math.abs(whole.loss / eager[step].whole.loss - 1), compiler).toBeLessThan(1e-3),
      );
    }
  });

  it('leaves as many tensors as it found, with one micro-batch and with several', async () => {
    for (const microBatchSize of [4, 8]) {
      const small = await smallStep(method(`microBatchSize=${microBatchSize}`));
      // The queue is full after two steps, the prototypes train from the third on.
      await train(small, 3);
      const before = tf.memory().numTensors;
      for (let step = 3; step < 6; step++) {
        await trainStep(small.parts, small.state, noiseBatches(small.parts.config, step));
        expect(tf.memory().numTensors).toBe(before);
      }
    }
  }, 120_000);

  it('moves every parameter, prototypes only once they are no longer frozen', async () => {
    const small = await smallStep(config);
    const names = Object.keys(small.state.parameters);
    const read = () => values(small.state.parameters, small.parts.engine);
    const before = read();
    await train(small, 2);
    const after = read();
    // No decay, no moment: a frozen parameter stays to the bit.
    expect(after.get('prototypes.weight')).toEqual(before.get('prototypes.weight'));
    const still = names.filter((name) => same(after.get(name)!, before.get(name)!));
    expect(still.filter((name) => !name.endsWith('key.bias'))).toEqual(['prototypes.weight']);
    await trainStep(small.parts, small.state, noiseBatches(config, 2));
    expect(same(read().get('prototypes.weight')!, before.get('prototypes.weight')!)).toBe(false);
  });

  it('keeps the most recent embeddings in the queue, the newest first', async () => {
    const small = await smallStep(config);
    await train(small, 1);
    const [queue] = [...small.state.queues.values()];
    const rows = Array.from({ length: 10 }, (_, row) => queue.data.subarray(row * 16, (row + 1) * 16));
    const lengths = rows.map((row) => Math.hypot(...row));
    lengths.slice(0, 8).forEach((length) => expect(length).toBeCloseTo(1, 4));
    expect(lengths.slice(8)).toEqual([0, 0]);
    await trainStep(small.parts, small.state, noiseBatches(config, 1));
    const [next] = [...small.state.queues.values()];
    expect(Array.from(next.data.subarray(8 * 16))).toEqual(Array.from(queue.data.subarray(0, 2 * 16)));
  });
});

describe('a frozen encoder', () => {
  const RESNET = [
    ...['model.vision.architecture=resnet', 'model.vision.width=8', 'model.vision.stages=[1,1,1,1]'],
    ...['model.vision.dropout=0', 'model.vision.frozen=true'],
  ];

  it.each([
    ['text', ['model.text.frozen=true']],
    ['vision', RESNET],
  ])(
    'of %s keeps parameters and running statistics to the bit; all else is trained',
    async (modality, settings) => {
      const small = await smallStep(method(...settings));
      const { state, parts } = small;
      const read = () => values({ ...state.parameters, ...state.statistics }, parts.engine);
      const before = read();
      const [first, second] = await train(small, 2);
      expect(second.whole.loss).not.toBe(first.whole.loss);
      const after = read();
      const names = [...before.keys()].filter((name) => !/key\.bias$|^prototypes/.test(name));
      const still = names.filter((name) => same(after.get(name)!, before.get(name)!));
      expect(still).toEqual(names.filter((name) => name.startsWith(`${modality}.`)));
      expect(still.length).toBeGreaterThan(10);
      // The queue is full in the third step, which is compiled anew.
      await trainStep(parts, state, noiseBatches(parts.config, 2));
      const tensors = tf.memory().numTensors;
      await trainStep(parts, state, noiseBatches(parts.config, 3));
      expect(tf.memory().numTensors).toBe(tensors);
    },
    120_000,
  );
});

describe('a loss of weight 0', () => {
  const without: [string, string[], string[], string[]][] = [
    ['global', ['loss.global.weight=0'], ['loss_global', 'loss_divergence'], ['divergence.']],
    ['divergence', ['loss.divergence.enabled=false'], ['loss_divergence'], ['divergence.']],
    ['local', ['loss.local.weight=0'], ['loss_local', 'loss_knowledge'], []],
    ['knowledge', ['knowledge.enabled=false'], ['loss_knowledge'], ['knowledge.']],
    ['prototypes', ['loss.prototypes.weight=0'], ['loss_prototype'], ['prototypes.']],
    ['matching', ['loss.itm.weight=0'], ['loss_itm'], ['itm_head.']],
    ['swapping', ['loss.ts.weight=0'], ['loss_ts'], ['swap_head.']],
    ['both proxies', ['loss.itm.weight=0', 'loss.ts.weight=0'], ['loss_itm', 'loss_ts'], ['fusion.']],
  ];

  it.each(without)('%s: has no curve and no parameters, and the rest trains', async (_, settings, curves, prefixes) => {
    const small = await smallStep(method(...settings));
    const [, { whole }] = await train(small, 2);
    const found = Object.keys(whole);
    for (const curve of curves) expect(found).not.toContain(curve);
    const names = Object.keys(small.state.parameters);
    for (const prefix of prefixes) expect(names.filter((name) => name.startsWith(prefix))).toEqual([]);
  });
});

function same(a: Float32Array, b: Float32Array): boolean {
  return a.every((value, i) => value === b[i]);
}
