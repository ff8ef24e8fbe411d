/**
 * A worker's client of the coordinator.
 *
 *   const session = await joinRun({ find, host, listenPort, pid, device, access, log });
 *   session.ready({ rows, dataHash });
 *   const assignment = await session.next();
 *   session.inPlace(assignment);
 *   const whole = await session.gather(assignment, step, [{ name: 'vision', rows, width, data }]);
 *   const order = await session.commit(assignment, step, report, own);
 */
import { MlipError } from '../core/errors.js';
import type { Logger } from '../core/log.js';
import type { Access } from '../security/access.js';
import { PROTOCOL, mlipVersion } from '../rpc/protocol.js';
import { type FindCoordinator, searchCoordinator } from './coordinator-search.js';
import { connect } from './session-connection.js';
import { MemberSession } from './session-member.js';
import { readConfig } from './session-messages.js';
import type { Session } from './session-types.js';

export * from './session-types.js';
export { fixedAddresses, type FindCoordinator } from './coordinator-search.js';

export interface JoinOptions {
  find: FindCoordinator;
  /** Where other workers reach this one. */
  host: string;
  listenPort: number;
  pid: number;
  device: string;
  version?: string;
  /** What lets this worker in. */
  access: Access;
  log: Logger;
  timeouts?: { connectMs?: number };
  /** Gives up joining. */
  signal?: AbortSignal;
}

/** A worker may be started before its coordinator. */
const DEFAULT_CONNECT_MS = 60_000;

/** Rejects with MLIP_E_RPC_UNREACHABLE, or with what the coordinator refuses the worker for. */
export async function joinRun(options: JoinOptions): Promise<Session> {
  const { find, host, listenPort: port, pid, device, version = mlipVersion, access, log } = options;
  const timeoutMs = options.timeouts?.connectMs ?? DEFAULT_CONNECT_MS;
  const join = { protocol: PROTOCOL, version, host, port, pid, device };
  log.info(`looking for the coordinator, ${timeoutMs / 1000} s at most`);
  const signal = options.signal ?? new AbortController().signal;
  const attempt = (address: string) => connect(address, join, access);
  const connection = await searchCoordinator({ find, attempt, timeoutMs, isFinal: isRefusal, signal });
  try {
    // Called off while a coordinator was about to take it: whoever called does not look at the signal any more.
    signal.throwIfAborted();
    const { address: coordinator, welcome } = connection;
    const session = new MemberSession({ find, access, join, config: readConfig(welcome), log }, connection);
    log.info(`joined as worker ${welcome.worker}`, { coordinator, run: welcome.runId });
    return session;
  } catch (error) {
    connection.cut();
    throw error;
  }
}

/** Codes of errors that another try, or another coordinator, may not meet. */
const PASSING: ReadonlySet<string> = new Set(['MLIP_E_RPC_UNREACHABLE', 'MLIP_E_COORDINATOR_LOST', 'MLIP_E_RUN_STALE']);

function isRefusal(error: unknown): boolean {
  return !(error instanceof MlipError) || !PASSING.has(error.code);
}
