/**
 * A worker takes part in one generation after the other until the run is over for it. Whatever ends a generation, the worker
 * then rests: nothing is under way, and it says which state it holds (docs/adr/0012).
 */
import { MlipError } from '../core/errors.js';
import { PeerFailure } from '../collectives/failures.js';
import { untilAborted } from '../core/linked-signal.js';
import { Generation } from './generation.js';
import { saveNow } from './save-now.js';
import type { Assignment, Directive, Order } from './session.js';
import { runSteps } from './training-loop.js';
import { holdingOf, type WorkerParts } from './worker-parts.js';

/** Rejects with what ends the run early, or with what this worker itself fails at. */
export async function serveGenerations(parts: WorkerParts): Promise<void> {
  let order = await parts.session.next();
  while (order.kind !== 'finish') {
    order = order.kind === 'assign' ? await serve(parts, order) : await obey(parts, order);
  }
}

/** Resolves to what comes after the generation. */
async function serve(parts: WorkerParts, assignment: Assignment): Promise<Order> {
  const { metrics } = parts;
  const { generation: number, rank, peers, over } = assignment;
  parts.world = peers.length;
  parts.generation = number;
  parts.whereabouts.enter(number, rank);
  metrics.generation(number, rank, peers.length);
  parts.log.info(`generation ${number}: rank ${rank} of ${peers.length}`, { step: assignment.step });
  const limits = { what: `generation ${number}`, limitMs: parts.session.config.timeouts.stepMs };
  const order = await parts.overdue.during(over, limits, () => takePart(parts, assignment));
  return order ?? rest(parts);
}

/** Resolves once nothing of the generation is under way; to what comes next, where the coordinator has said it. */
async function takePart(parts: WorkerParts, assignment: Assignment): Promise<Order | undefined> {
  const generation = new Generation(parts, assignment);
  try {
    await generation.open();
    const order = await runSteps(parts, generation);
    return order.kind === 'directive' ? undefined : order;
  } catch (error) {
    if (!assignment.over.aborted) await blameOthers(parts, assignment, error);
    return undefined;
  } finally {
    await generation.close();
  }
}

/** An order to a worker that rests: nothing is left to do but to save. */
async function obey(parts: WorkerParts, { save }: Directive): Promise<Order> {
  if (save) await saveNow(parts);
  return rest(parts);
}

function rest(parts: WorkerParts): Promise<Order> {
  parts.session.rest(holdingOf(parts));
  return parts.session.next();
}

/** Codes that say no more than that something has gone wrong elsewhere. */
const CONSEQUENCES: ReadonlySet<string> = new Set([
  ...['MLIP_E_PEER_LOST', 'MLIP_E_PEER_REFUSED', 'MLIP_E_REDUCE_TIMEOUT'],
  ...['MLIP_E_RUN_STALE', 'MLIP_E_RUN_CLOSED', 'MLIP_E_RUN_TIMEOUT', 'MLIP_E_COORDINATOR_LOST'],
]);

/** Reports what others seem to be the reason of, and waits for the halt that follows. Throws what is this worker's own. */
async function blameOthers({ session, state }: WorkerParts, assignment: Assignment, error: unknown): Promise<void> {
  if (!(error instanceof MlipError) || !CONSEQUENCES.has(error.code)) throw error;
  const blamed = error instanceof PeerFailure ? error.rank : undefined;
  session.blame(assignment, error, { step: state?.step ?? 0, stateIntact: state?.whole ?? false, blamed });
  if (!(await untilAborted(assignment.over, session.config.timeouts.stepMs))) throw error;
}
