import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/load.js';
import { hashState } from '../../src/worker/hash-state.js';
import { trainStep } from '../../src/worker/train-step.js';
import type { TrainingState } from '../../src/worker/training-state.js';
import { begunAnew, METHOD, noiseBatches, smallConfig, smallStep, stateValues, type SmallStep } from './small-step.js';

const RESNET = ['model.vision.architecture=resnet', 'model.vision.width=4', 'model.vision.stages=[1,1,1,1]'];
const config = smallConfig(...METHOD, ...RESNET, 'model.vision.dropout=0', 'loss.prototypes.queue=24');

let small: SmallStep;
let engine: Engine;
beforeAll(async () => {
  small = await smallStep(config);
  ({ engine } = small.parts);
  await trainStep(small.parts, small.state, noiseBatches(config, 0));
});

/** The same but for the lowest bit of an element, or its sign where it is 0. */
function flip(values: Float32Array, at: number): Float32Array {
  const changed = values.slice();
  const bits = new Uint32Array(changed.buffer);
  bits[at] ^= changed[at] === 0 ? 0x80000000 : 1;
  return changed;
}

function changedTensor(tensor: tf.Tensor): tf.Tensor {
  return engine.upload(flip(engine.read(tensor), tensor.size - 1), tensor.shape);
}

const kinds = ['parameters', 'first', 'second', 'statistics'] as const;

/** What one state has in which one tensor of a kind differs. */
function withChange(kind: (typeof kinds)[number] | 'queues'): [TrainingState, string] {
  const { state } = small;
  if (kind === 'queues') {
    const [name, { shape, data }] = [...state.queues][1];
    return [{ ...state, queues: new Map([...state.queues, [name, { shape, data: flip(data, 0) }]]) }, name];
  }
  const [name, tensor] = Object.entries(state[kind]).at(-1)!;
  const prefix = kind === 'first' || kind === 'second' ? `${kind}.` : '';
  return [{ ...state, [kind]: { ...state[kind], [name]: changedTensor(tensor) } }, prefix + name];
}

describe('the hash of a state', () => {
  it('is that of an equal state elsewhere, and of no other', async () => {
    const other = begunAnew(small);
    const hash = await hashState(engine, small.state);
    expect((await hashState(engine, other.state)).whole).not.toBe(hash.whole);
    await trainStep(other.parts, other.state, noiseBatches(config, 0));
    expect(await hashState(engine, other.state)).toEqual(hash);
    expect(hash.whole).toMatch(/^[0-9a-f]{64}$/);
    expect([...hash.tensors.values()].filter((one) => !/^[0-9a-f]{64}$/.test(one))).toEqual([]);
    expect(hash.tensors.size).toBe(stateValues(small.state, engine).size);
  });

  it.each([...kinds, 'queues'] as const)('shows a single bit in %s, and in which tensor', async (kind) => {
    const [changed, name] = withChange(kind);
    const [before, after] = [await hashState(engine, small.state), await hashState(engine, changed)];
    expect(after.whole).not.toBe(before.whole);
    expect([...before.tensors].filter(([key, hash]) => after.tensors.get(key) !== hash).map(([key]) => key)).toEqual([
      name,
    ]);
  });

  it('is that of the state at the call, though training goes on', async () => {
    const other = begunAnew(small);
    await trainStep(other.parts, other.state, noiseBatches(config, 0));
    const [before, tensors] = [await hashState(engine, other.state), tf.memory().numTensors];
    const hashing = hashState(engine, other.state);
    await trainStep(other.parts, other.state, noiseBatches(config, 1));
    expect(await hashing).toEqual(before);
    expect((await hashState(engine, other.state)).whole).not.toBe(before.whole);
    expect(tf.memory().numTensors).toBe(tensors);
  });
});
