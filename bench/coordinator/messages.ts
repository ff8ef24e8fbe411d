/** What a simulated worker says and hears: all that depends on the messages of proto/mlip/v1/session.proto. */
import { mlipVersion, PROTOCOL } from '../../src/rpc/protocol.js';
import type { CoordinatorMessageSeen, WorkerMessage } from '../../src/rpc/service.js';
import type { SessionClaim } from '../../src/rpc/tensor-stream.js';

/** A generation, as far as a simulated worker cares. */
export interface Place {
  generation: number;
  rank: number;
  /** Rows of this rank in a step. */
  microBatches: number;
  step: number;
}

export type Order =
  | { kind: 'welcome'; heartbeatMs: number; session: SessionClaim }
  | { kind: 'assign'; place: Place; ranks: readonly number[] }
  | { kind: 'goOn'; save: boolean; stop: boolean }
  | { kind: 'finish' }
  | { kind: 'pulse' }
  /** Nothing that a run without failures has. */
  | { kind: 'trouble'; what: string };

export function join(index: number): WorkerMessage {
  // Nobody connects to it: gradients are not simulated.
  return {
    join: { protocol: PROTOCOL, version: mlipVersion, host: '127.0.0.1', port: 1 + index, pid: 1, device: 'none' },
  };
}

export function ready(rows: number): WorkerMessage {
  return { ready: { rows, dataHash: 'simulated' } };
}

export function heartbeat(): WorkerMessage {
  return { heartbeat: {} };
}

export function inPlace({ generation }: Place): WorkerMessage {
  return { inPlace: { generation } };
}

/** As large as a real one: rank 0 tells which rows the step trained on, and who computed them. */
export function commit(
  { generation, rank }: Place,
  step: number,
  rows: number,
  ranks: readonly number[],
): WorkerMessage {
  const names = ['data', 'encode', 'gather', 'loss', 'backward', 'reduce', 'update'];
  const account = rank === 0 ? { rows: Array.from({ length: rows }, (_, row) => row), ranks: [...ranks] } : {};
  const report = { losses: { loss: 2, loss_global: 2 }, learningRate: 0.001, gradNorm: 1, ...account };
  const phaseSeconds = Object.fromEntries(names.map((name) => [name, 0.1]));
  return { commit: { step, generation, report, phaseSeconds, stateHash: '' } };
}

export function saved(step: number, path: string): WorkerMessage {
  return { saved: { step, path } };
}

export function orderOf(message: CoordinatorMessageSeen): Order {
  const { welcome, assign, directive, finish, pulse } = message;
  if (pulse) return { kind: 'pulse' };
  if (directive) return { kind: 'goOn', save: directive.save, stop: directive.stop };
  if (welcome) {
    const { heartbeatMs, worker, secret } = welcome;
    return { kind: 'welcome', heartbeatMs, session: { worker, secret } };
  }
  if (finish) return { kind: 'finish' };
  if (!assign) return { kind: 'trouble', what: JSON.stringify(message) };
  const { generation, rank, boundaries, step } = assign;
  const counts = boundaries.slice(1).map((end, index) => end - boundaries[index]);
  const ranks = counts.flatMap((count, owner) => Array<number>(count).fill(owner));
  return { kind: 'assign', place: { generation, rank, microBatches: counts[rank], step }, ranks };
}
