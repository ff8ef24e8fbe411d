/** The state of training from peer to peer: parameters, running statistics, moments and queues. */
import type * as tf from '@tensorflow/tfjs-core';
import { fetchTensors } from '../collectives/fetch-tensors.js';
import { offerTensors, type OfferedTensor } from '../collectives/send-tensors.js';
import { hasCode, messageOf } from '../core/errors.js';
import type { HostTensors } from '../core/host-tensor.js';
import { modelLayout } from '../encoders/model-layout.js';
import type { Engine } from '../engine/load.js';
import type { Assignment } from './session.js';
import { optimizerLayout, type HostState, type TrainingState } from './training-state.js';
import type { WorkerParts } from './worker-parts.js';

/**
 * Lets the ranks of a generation copy the state as it is now. Tensors are never written to: those that are offered stay as
 * they are while training goes on, or are gone, and then the copy fails. Returns what withdraws the offer.
 */
export function offerState(parts: WorkerParts, state: TrainingState, generation: number): () => void {
  const { session, listener, engine, access, metrics, log } = parts;
  const offered = { step: state.step, tensors: offeredTensors(engine, state) };
  const onEnd = (rank: number, bytes: number, error: Error | undefined): void => {
    metrics.sent('state', rank, bytes);
    if (error === undefined) log.info('a peer has copied the state', { step: offered.step, rank, bytes });
    else log.debug('a peer did not copy the whole state', { reason: messageOf(error) });
  };
  const token = access.token.forRing(session.runId);
  return offerTensors({ listener, token, generation, offered, onEnd });
}

/** In the order in which it is asked for. */
function offeredTensors(engine: Engine, state: TrainingState): OfferedTensor[] {
  const held = (tensors: tf.NamedTensorMap, prefix = ''): OfferedTensor[] =>
    Object.entries(tensors).map(([name, tensor]) => {
      return { name: prefix + name, shape: tensor.shape, read: () => engine.read(tensor) };
    });
  const queues = Array.from(state.queues, ([name, { shape, data }]) => ({ name, shape, read: () => data }));
  const { parameters, statistics, first, second } = state;
  return [...held(parameters), ...held(statistics), ...held(first, 'first.'), ...held(second, 'second.'), ...queues];
}

/** A copy that turns out to be damaged is tried once more, from the beginning. */
export async function copyState(
  parts: WorkerParts,
  assignment: Assignment,
  rank: number,
  signal: AbortSignal,
): Promise<HostState> {
  try {
    return await copyOnce(parts, assignment, rank, signal);
  } catch (error) {
    if (!hasCode(error, 'MLIP_E_STATE_HASH')) throw error;
    parts.log.warn(`${error.message}; copying the state once more`);
    return copyOnce(parts, assignment, rank, signal);
  }
}

async function copyOnce(
  { session, dataset, access, metrics, log }: WorkerParts,
  { generation, rank, peers, step }: Assignment,
  from: number,
  signal: AbortSignal,
): Promise<HostState> {
  const { config, runId } = session;
  const model = modelLayout(config, dataset.vocabulary.length);
  const layout = [...model, ...optimizerLayout(config, dataset.vocabulary.length)];
  const { tls } = access;
  const token = access.token.forRing(runId);
  const call = { peer: peers[from], token, tls, generation, rank, timeoutMs: config.timeouts.stepMs };
  const started = performance.now();
  const tensors = await fetchTensors({ ...call, step, layout, signal });
  const seconds = (performance.now() - started) / 1000;
  const bytes = byteLengthOf(tensors);
  metrics.received('state', from, bytes);
  log.info(`copied the state from rank ${from}`, { step, bytes, seconds: seconds.toFixed(3) });
  const entries = [...tensors];
  return { model: new Map(entries.slice(0, model.length)), optimizer: new Map(entries.slice(model.length)) };
}

function byteLengthOf(tensors: HostTensors): number {
  return [...tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
}
