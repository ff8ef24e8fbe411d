/** The gather of a step: the rows of all ranks come together. */
import type { Failure } from '../rpc/failure.js';
import type { TensorHeader } from '../rpc/service.js';
import type { Place } from './events.js';
import { memberOf, microBatchesOf, withMember } from './members.js';
import type { RunState } from './state.js';
import { type Transition, stay } from './transition.js';

export interface Contribution extends Place {
  rank: number;
  tensors: readonly TensorHeader[];
}

/** All rows of a rank have come. */
export function contribution(state: RunState, given: Contribution, nowMs: number): Transition {
  const { rank, tensors } = given;
  const failure = contributionFault(state, given);
  if (failure !== null) return stay(state, { kind: 'refuseContribution', rank, failure });
  const worker = state.generation.ranks[rank];
  const gathering = state.gathering ?? tensors;
  const { stepMs } = state.settings.timeouts;
  const deadlineMs = state.gathering === null ? nowMs + stepMs : state.deadlineMs;
  const next = withMember({ ...state, gathering, deadlineMs }, worker, { contributed: true, seenMs: nowMs });
  if (next.members.some(({ standing, contributed }) => standing === 'serving' && !contributed)) return stay(next);
  return stay({ ...next, deadlineMs: nowMs + stepMs }, { kind: 'release' });
}

/** Why a contribution cannot be taken; null if it can. Asked before its bytes are read, and again when all have come. */
export function contributionFault(state: RunState, given: Contribution): Failure | null {
  if (state.phase === 'ended' || state.phase === 'aborting')
    return fault('MLIP_E_RUN_CLOSED', `no step is under way, the run is ${state.phase}`, given);
  const stale = state.phase === 'training' ? staleness(state, given) : 'no step is under way';
  if (stale !== null) return fault('MLIP_E_RUN_STALE', stale, given);
  const member = memberOf(state, state.generation.ranks.at(given.rank) ?? -1);
  if (member === undefined) return fault('MLIP_E_RPC_PROTOCOL', 'no such rank takes part', given);
  if (member.contributed) return fault('MLIP_E_RPC_PROTOCOL', 'this rank has contributed already', given);
  const wrong = shapeFault(state, given);
  return wrong === null ? null : fault('MLIP_E_RPC_TENSOR', wrong, given);
}

function fault(code: string, message: string, { rank, step }: Contribution): Failure {
  return { code, message, where: `rank ${rank}, gather of step ${step + 1}`, remedy: '' };
}

/** Null for what belongs to the step under way. */
export function staleness(state: RunState, { generation, step }: Place): string | null {
  if (generation !== state.generation.number) {
    return `generation ${generation} is over, this is ${state.generation.number}`;
  }
  if (step !== state.step) return `step ${step + 1} is not under way, step ${state.step + 1} is`;
  return null;
}

function shapeFault({ settings, generation, gathering }: RunState, { rank, tensors }: Contribution): string | null {
  const rows = microBatchesOf(generation, rank) * settings.microBatchSize;
  const odd = tensors.find((tensor) => tensor.rows !== rows);
  if (odd !== undefined) return `tensor "${odd.name}" has ${odd.rows} rows, this rank computes ${rows}`;
  const layout = (list: readonly TensorHeader[]): string =>
    list.map(({ name, rowBytes }) => `${name} of ${rowBytes} bytes a row`).join(', ');
  if (gathering === null || layout(tensors) === layout(gathering)) return null;
  return `this rank sends ${layout(tensors)}; another sent ${layout(gathering)}`;
}
