/**
 * The training state in plain memory, copied at the boundary between two steps. Whoever takes a snapshot lets no step
 * begin before it is complete; other things have their turn while it is taken.
 */
import { setImmediate as breath } from 'node:timers/promises';
import type * as tf from '@tensorflow/tfjs-core';
import { MlipError } from '../core/errors.js';
import type { HostTensors } from '../core/host-tensor.js';
import type { Engine } from '../engine/load.js';
import type { HostState, TrainingState } from './training-state.js';

/** After so long, heartbeats and sockets get their turn. */
const SLICE_MS = 10;

/**
 * @param spare an earlier snapshot that nobody needs any more: its memory is used again
 * @throws MLIP_E_INTERNAL where a step changed the state meanwhile, or is under way
 */
export async function takeSnapshot(engine: Engine, state: TrainingState, spare?: HostState): Promise<HostState> {
  const { step } = state;
  requireStill(state, step);
  const [model, optimizer] = [target(spare?.model), target(spare?.optimizer)];
  const copy = copier(engine);
  await copy(state.parameters, model);
  await copy(state.statistics, model);
  await copy(state.first, optimizer, 'first.');
  await copy(state.second, optimizer, 'second.');
  // Those of the state stay its own: a snapshot may be handed to another thread.
  for (const [name, { shape, data }] of state.queues) optimizer.put(name, shape, data);
  requireStill(state, step);
  return { model: model.tensors, optimizer: optimizer.tensors };
}

type Target = ReturnType<typeof target>;

function target(spare?: HostTensors) {
  const tensors: HostTensors = new Map();
  const put = (name: string, shape: number[], values: Float32Array): void => {
    const free = spare?.get(name)?.data;
    const data = free?.length === values.length ? free : new Float32Array(values.length);
    data.set(values);
    tensors.set(name, { shape, data });
  };
  return { tensors, put };
}

function copier(engine: Engine) {
  let sliceStart = performance.now();
  return async (from: tf.NamedTensorMap, to: Target, prefix = ''): Promise<void> => {
    for (const [name, tensor] of Object.entries(from)) {
      engine.use(tensor, (values) => to.put(prefix + name, tensor.shape, values));
      if (performance.now() - sliceStart < SLICE_MS) continue;
      await breath();
      sliceStart = performance.now();
    }
  };
}

function requireStill({ whole, step }: TrainingState, expected: number): void {
  if (whole && step === expected) return;
  throw new MlipError('MLIP_E_INTERNAL', `a step changed the state while the checkpoint of step ${expected} was taken`);
}
