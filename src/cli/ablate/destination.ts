/** Where the checkpoints of an ablation go besides its output directory: those of each run below a prefix of its own. */
import { parseDestination } from '../../checkpoint/destination.js';
import type { Config } from '../../config/schema.js';

/** `set` is as for `--set`; nothing where checkpoints go nowhere else. */
export interface RunDestination {
  checkpoint: Config['checkpoint'];
  set: string[];
}

/**
 * Runs that share a prefix would refuse each other's checkpoints.
 *
 * @throws MLIP_E_CHECKPOINT_DESTINATION
 */
export function destinationOf({ checkpoint }: Config, runName: string): RunDestination {
  if (parseDestination(checkpoint.destination) === undefined) return { checkpoint, set: [] };
  const destination = `${checkpoint.destination.replace(/\/$/, '')}/${runName}`;
  return { checkpoint: { ...checkpoint, destination }, set: [`checkpoint.destination=${destination}`] };
}
