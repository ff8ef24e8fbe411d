/** Workers join, for the first time or again, and say when they have loaded. */
import { microBatchCount } from '../core/plan.js';
import type { Failure } from '../rpc/failure.js';
import { PROTOCOL, mlipVersion } from '../rpc/protocol.js';
import type { Loaded, Rejoin, WorkerInfo } from './events.js';
import { difference } from './agreement.js';
import { expel, lose, violation } from './losing.js';
import { form, formWhenHalted } from './forming.js';
import { enoughIdle, startingWorkers } from './candidates.js';
import { claimed, condemn, memberOf, newMember, withMember } from './members.js';
import { type Member, type RunState, isOver } from './state.js';
import { type Transition, chain, stay } from './transition.js';

/** Workers beyond those that can take part wait for a place; so many of them, and no more. */
const MOST_SPARE = 256;

export interface JoinRequest {
  connection: number;
  info: WorkerInfo;
  rejoin: Rejoin | null;
}

export function join(state: RunState, { connection, info, rejoin }: JoinRequest, nowMs: number): Transition {
  const failure = refusal(state, info, rejoin);
  if (failure !== null) return stay(state, { kind: 'refuse', connection, failure });
  const former = rejoin === null ? undefined : memberOf(state, rejoin.worker);
  const isSame = former !== undefined && isSameProcess(former.info, info);
  // Its old stream has not been seen to end yet.
  const before = isSame ? lose(state, former.worker, 'has connected again', nowMs) : stay(state);
  return chain(before, (next) => admit(next, { connection, info, rejoin }, nowMs));
}

/** Where not, a coordinator that was started again has given the number of one worker, of which it did not know, to another. */
function isSameProcess(one: WorkerInfo, other: WorkerInfo): boolean {
  return one.host === other.host && one.pid === other.pid && one.port === other.port;
}

function admit(state: RunState, { connection, info, rejoin }: JoinRequest, nowMs: number): Transition {
  const isTaken = rejoin !== null && memberOf(state, rejoin.worker) !== undefined;
  const worker = rejoin === null || isTaken ? state.nextWorker : rejoin.worker;
  const loaded = rejoin?.loaded ?? null;
  const judged = rejoin === null ? state : judgeHolding(state, rejoin);
  const holding = claimed(judged, worker, rejoin?.holding ?? null);
  const standing = loaded === null ? ('loading' as const) : ('idle' as const);
  const member: Member = { ...newMember(worker, connection, info, nowMs), loaded, holding, standing };
  const joined = addMember({ ...judged, awaited: judged.awaited.filter((other) => other !== worker) }, member);
  const { host, pid, device } = info;
  const welcomed = stay(
    joined,
    { kind: 'accept', connection, worker },
    { kind: 'send', worker, message: welcome(joined, worker) },
    { kind: 'announce', event: { kind: 'joined', worker, host, pid, device } },
  );
  return loaded === null ? chain(welcomed, formWhenHalted(nowMs)) : chain(welcomed, readied(worker, nowMs));
}

/**
 * What a worker holds from before the run went back is as good as any other state, but steps between it and where the run
 * is now would be missing in metrics.jsonl and in the ledger.
 */
function judgeHolding(state: RunState, { worker, generation, holding }: Rejoin): RunState {
  const isAhead = holding !== null && generation <= state.rewoundIn && holding.step > state.step + 1;
  return isAhead ? condemn(state, [worker]) : state;
}

/** In order of number, which is the order of ranks. */
function addMember(state: RunState, member: Member): RunState {
  const members = [...state.members, member].sort((a, b) => a.worker - b.worker);
  return { ...state, members, nextWorker: Math.max(state.nextWorker, member.worker + 1) };
}

function welcome({ settings, generation }: RunState, worker: number) {
  const { runId, configJson: config, out, resume, timeouts } = settings;
  const checkpoint = resume?.checkpoint ?? '';
  const { heartbeatMs } = timeouts;
  return { welcome: { worker, heartbeatMs, runId, config, out, checkpoint, generation: generation.number } };
}

/** A worker has loaded. */
export function loaded(state: RunState, worker: number, { rows, dataHash }: Loaded, nowMs: number): Transition {
  if (isOver(state)) return stay(state);
  const member = memberOf(state, worker)!;
  if (member.standing !== 'loading') return violation(state, worker, `said twice that it is ready`, nowMs);
  const next = withMember(state, worker, { loaded: { rows, dataHash }, standing: 'idle' });
  return readied(worker, nowMs)(next);
}

/** A worker could take part from now on: at once where the run waits for it, else after the step under way. */
function readied(worker: number, nowMs: number) {
  return (state: RunState): Transition => {
    const odd = state.loaded === null ? null : difference(memberOf(state, worker)!, state.loaded);
    if (odd !== null) return expel(state, worker, odd, nowMs);
    switch (state.phase) {
      case 'joining':
        return enoughIdle(state, startingWorkers(state)) ? form(state, nowMs) : stay(state);
      case 'waiting':
        return enoughIdle(state, state.settings.elastic.minWorkers) ? form(state, nowMs) : stay(state);
      case 'halting':
        return formWhenHalted(nowMs)(state);
      default:
        return stay(state);
    }
  };
}

function refusal(state: RunState, info: WorkerInfo, rejoin: Rejoin | null): Failure | null {
  if (info.protocol !== PROTOCOL || info.version !== mlipVersion) return otherVersion(info);
  if (isOver(state)) return over(state);
  if (info.host === '' || info.port < 1 || info.port > 65535) return noAddress(info);
  if (rejoin !== null && rejoin.runId !== state.settings.runId) return otherRun(state, rejoin);
  if (rejoin !== null && rejoin.generation > state.generation.number) return deposed(state, rejoin);
  const most = microBatchCount(state.settings) + MOST_SPARE;
  return state.members.length < most ? null : tooMany(state, most);
}

function otherVersion({ protocol, version }: WorkerInfo): Failure {
  return {
    code: 'MLIP_E_RPC_VERSION',
    message: `the worker is mlip ${version} (protocol ${protocol}), the coordinator ${mlipVersion} (protocol ${PROTOCOL})`,
    where: '',
    remedy: 'Install the same version of mlip on every machine of the run.',
  };
}

function over({ settings }: RunState): Failure {
  return {
    code: 'MLIP_E_RUN_CLOSED',
    message: 'the run is over',
    where: `run ${settings.runId}`,
    remedy: 'Start a coordinator again, with --resume.',
  };
}

function noAddress({ host, port }: WorkerInfo): Failure {
  return {
    code: 'MLIP_E_RPC_PROTOCOL',
    message: `"${host}:${port}" is no address at which other workers could reach the worker`,
    where: '',
    remedy: '',
  };
}

function otherRun({ settings }: RunState, { runId }: Rejoin): Failure {
  return {
    code: 'MLIP_E_RUN_CLOSED',
    message: `this is not the run of the worker, which is ${runId}`,
    where: `run ${settings.runId}`,
    remedy: 'Start the worker anew.',
  };
}

/** The worker has heard of a later generation: it belongs to a coordinator that has taken over. */
function deposed({ settings, generation }: RunState, rejoin: Rejoin): Failure {
  return {
    code: 'MLIP_E_RUN_STALE',
    message: `the worker is of generation ${rejoin.generation}, this coordinator only of ${generation.number}`,
    where: `run ${settings.runId}`,
    remedy: 'Another coordinator has taken the run over: connect to that one.',
  };
}

function tooMany({ settings }: RunState, most: number): Failure {
  return {
    code: 'MLIP_E_RUN_CLOSED',
    message: `the run has ${most} workers, and no use for more`,
    where: `run ${settings.runId}`,
    remedy: '',
  };
}
