/** Workers join: the order of joining gives the ranks. When all are there, each is told of all. */
import type { Failure } from '../rpc/failure.js';
import { PROTOCOL, mlipVersion } from '../rpc/protocol.js';
import type { WorkerInfo } from './events.js';
import { type Member, type RunState, type Transition, chain, stay } from './state.js';
import { countPhrase } from './wording.js';

export function join(state: RunState, connection: number, worker: WorkerInfo, nowMs: number): Transition {
  const failure = refusal(state, worker);
  if (failure !== null) return stay(state, { kind: 'refuse', connection, failure });
  const rank = state.members.length;
  const joined = { ...state, members: [...state.members, newMember(rank, worker, nowMs)] };
  const { world, timeouts } = state.settings;
  const accepted = { rank, world, heartbeatMs: timeouts.heartbeatMs };
  const { host, pid, device } = worker;
  const transition = stay(
    joined,
    { kind: 'accept', connection, rank },
    { kind: 'send', rank, message: { accepted } },
    { kind: 'announce', event: { kind: 'joined', rank, world, host, pid, device } },
  );
  return rank + 1 === world ? chain(transition, (full) => welcomeAll(full, nowMs)) : transition;
}

function newMember(rank: number, worker: WorkerInfo, nowMs: number): Member {
  const nothingYet = { loaded: null, contributed: false, report: null, committedMs: 0 };
  return { rank, worker, standing: 'serving', stateIntact: true, seenMs: nowMs, ...nothingYet };
}

function refusal(state: RunState, worker: WorkerInfo): Failure | null {
  if (worker.protocol !== PROTOCOL || worker.version !== mlipVersion) return otherVersion(worker);
  if (state.phase !== 'joining') return closed(state);
  if (worker.host === '' || worker.port < 1 || worker.port > 65535) return noAddress(worker);
  return null;
}

function otherVersion({ protocol, version }: WorkerInfo): Failure {
  return {
    code: 'MLIP_E_RPC_VERSION',
    message: `the worker is mlip ${version} (protocol ${protocol}), the coordinator ${mlipVersion} (protocol ${PROTOCOL})`,
    where: '',
    remedy: 'Install the same version of mlip on every machine of the run.',
  };
}

function closed({ phase, settings }: RunState): Failure {
  const over = phase === 'aborting' || phase === 'ended';
  return {
    code: 'MLIP_E_RUN_CLOSED',
    message: over ? 'the run is over' : `the run has all of its ${countPhrase(settings.world, 'worker')}`,
    where: `run ${settings.runId}`,
    remedy: over ? 'Start a coordinator again, with --resume.' : 'Start the coordinator with a larger --workers.',
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

function welcomeAll(state: RunState, nowMs: number): Transition {
  const { runId, configJson, out, resume, timeouts } = state.settings;
  const peers = state.members.map(({ worker }) => ({ host: worker.host, port: worker.port }));
  const welcome = { runId, generation: state.generation, config: configJson, out, peers, resume };
  const loading = { ...state, phase: 'loading' as const, deadlineMs: nowMs + timeouts.joinMs };
  return stay(loading, ...state.members.map(({ rank }) => ({ kind: 'send' as const, rank, message: { welcome } })));
}
