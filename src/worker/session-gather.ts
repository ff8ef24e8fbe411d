/** A rank's part in a gather. When the generation ends meanwhile, that is the error, not the broken call. */
import type { Config } from '../config/schema.js';
import { MlipError } from '../core/errors.js';
import { untilAborted } from '../core/linked-signal.js';
import { gather } from '../rpc/gather.js';
import type { GatherTensor } from '../rpc/tensor-stream.js';
import type { Connection } from './session-connection.js';
import type { Assignment } from './session-types.js';

/** Beyond the deadlines that the coordinator keeps, so that its error, which names the worker, comes first. */
export const MARGIN_MS = 10_000;

/** Time for the reason of an end to arrive: it comes on another connection. */
const REASON_MS = 2_000;

/** Errors that say no more than that something else has happened. */
const CONSEQUENCES: ReadonlySet<string> = new Set([
  'MLIP_E_RUN_CLOSED',
  'MLIP_E_RUN_STALE',
  'MLIP_E_COORDINATOR_LOST',
  // The coordinator has given up this session, and the worker has not heard it yet.
  'MLIP_E_SESSION_WRONG',
]);

export interface GatherPart {
  assignment: Assignment;
  step: number;
  tensors: readonly GatherTensor[];
}

export async function gatherOver(
  connection: Connection | undefined,
  { batchSize, timeouts }: Config,
  { assignment: { generation, rank, over }, step, tensors }: GatherPart,
): Promise<Map<string, Float32Array>> {
  over.throwIfAborted();
  const { bulk: client, address, welcome } = connection!;
  const { worker, secret } = welcome;
  try {
    return await gather({
      ...{ client, address, tensors, batchSize, signal: over, place: { rank, generation, step } },
      session: { worker, secret },
      timeoutMs: timeouts.stepMs + timeouts.dataMs + MARGIN_MS,
    });
  } catch (error) {
    if (error instanceof MlipError && CONSEQUENCES.has(error.code)) await untilAborted(over, REASON_MS);
    over.throwIfAborted();
    throw error;
  }
}
