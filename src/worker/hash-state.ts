/** A hash of all that training changes: equal on two ranks exactly where their states are, to the bit. */
import * as tf from '@tensorflow/tfjs-core';
import { createHash, webcrypto } from 'node:crypto';
import type { Engine } from '../engine/load.js';
import type { TrainingState } from './training-state.js';

export interface StateHash {
  /** SHA-256 of the names and hashes of all tensors, in hexadecimal. */
  whole: string;
  /** SHA-256 of each tensor by its name, as checkpoints have it, so that a difference can be named. */
  tensors: Map<string, string>;
}

/** Tensors that are copied and hashed at a time: libuv's pool has four threads, unless it is told otherwise. */
const AT_A_TIME = 4;

/**
 * Hashes parameters, statistics, moments and queues, off the event loop and several tensors at a time. It is the state at
 * the call that is hashed, though training may go on: what is replaced meanwhile keeps its memory until then.
 */
export async function hashState(engine: Engine, state: TrainingState): Promise<StateHash> {
  const held = heldTensors(state);
  const tensors = new Map<string, string>();
  // In their order, whichever is done first.
  for (const name of [...held.keys(), ...state.queues.keys()]) tensors.set(name, '');
  for (const [name, { data }] of state.queues) tensors.set(name, await hashValues(data));
  await hashEach(engine, held, tensors).finally(() => tf.dispose([...held.values()]));
  const whole = createHash('sha256');
  for (const [name, hash] of tensors) whole.update(`${name} ${hash}\n`);
  return { whole: whole.digest('hex'), tensors };
}

/** Further handles of the same memory, which outlive the state's own. */
function heldTensors({ parameters, statistics, first, second }: TrainingState): Map<string, tf.Tensor> {
  const held = (tensors: tf.NamedTensorMap, prefix = '') =>
    Object.entries(tensors).map(([name, tensor]) => [prefix + name, tf.keep(tf.clone(tensor))] as const);
  return new Map([...held(parameters), ...held(statistics), ...held(first, 'first.'), ...held(second, 'second.')]);
}

async function hashEach(
  engine: Engine,
  held: ReadonlyMap<string, tf.Tensor>,
  hashes: Map<string, string>,
): Promise<void> {
  const left = held.entries();
  const hashOnes = async (): Promise<void> => {
    for (const [name, tensor] of left) {
      hashes.set(name, await hashTensor(engine, tensor));
      tensor.dispose();
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, hashOnes));
}

/** The values are valid only inside `use`, but are copied there, before anything is waited for. */
function hashTensor(engine: Engine, tensor: tf.Tensor): Promise<string> {
  let hash = Promise.resolve('');
  engine.use(tensor, (values) => {
    hash = hashValues(values);
  });
  return hash;
}

async function hashValues(values: Float32Array): Promise<string> {
  return Buffer.from(await webcrypto.subtle.digest('SHA-256', values)).toString('hex');
}
