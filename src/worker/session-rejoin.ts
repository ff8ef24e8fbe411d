/** How a worker finds a coordinator of its run again: the same one, one that was started again, or one that took over. */
import { MlipError, messageOf } from '../core/errors.js';
import { type FindCoordinator, searchCoordinator } from './coordinator-search.js';
import { type Connection, type Join, connect } from './session-connection.js';

export interface RejoinOptions {
  find: FindCoordinator;
  /** What the worker says of itself now. */
  join: () => Join;
  runId: string;
  /** The newest generation that the worker has heard of: a coordinator of an older one has been deposed. */
  generation: () => number;
  reconnectMs: number;
  signal: AbortSignal;
}

/** Rejects with MLIP_E_COORDINATOR_LOST when none is found in time. */
export async function rejoin(options: RejoinOptions): Promise<Connection> {
  const { find, reconnectMs: timeoutMs, signal } = options;
  const attempt = (address: string): Promise<Connection> => connectAgain(address, options);
  try {
    return await searchCoordinator({ find, attempt, timeoutMs, isFinal: () => false, signal });
  } catch (cause) {
    throw new MlipError(
      'MLIP_E_COORDINATOR_LOST',
      `the coordinator was lost and none found again: ${messageOf(cause)}`,
      {
        where: cause instanceof MlipError ? cause.where : undefined,
        remedy: 'Look at the end of the coordinator’s log, and continue the run with --resume.',
        cause,
      },
    );
  }
}

async function connectAgain(address: string, { join, runId, generation }: RejoinOptions): Promise<Connection> {
  const connection = await connect(address, join());
  const { welcome } = connection;
  if (welcome.runId === runId && welcome.generation >= generation()) return connection;
  connection.cut();
  const why =
    welcome.runId === runId ? `is of generation ${welcome.generation}, which is over` : `leads run ${welcome.runId}`;
  throw new MlipError('MLIP_E_RUN_STALE', `the coordinator ${why}`, { where: address });
}
