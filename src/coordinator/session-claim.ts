/** In whose name a call beside the control streams is made: only a worker itself knows the secret of its session. */
import type { Failure } from '../rpc/failure.js';
import type { SessionClaim } from '../rpc/tensor-stream.js';
import type { GatherPlace } from './contribution.js';
import type { RunState } from './state.js';

/** Which claims are those of a session that is open. */
export interface Sessions {
  knows(claim: SessionClaim): boolean;
}

/** Why a contribution is not believed to be of the worker that it names, or of that one's rank; null if it is. */
export function claimFault(
  { generation }: Pick<RunState, 'generation'>,
  sessions: Sessions,
  claim: SessionClaim,
  place: GatherPlace,
): Failure | null {
  const { worker } = claim;
  if (!sessions.knows(claim)) return fault(`this is not the session of worker ${worker}`, place);
  const owner = place.generation === generation.number ? (generation.ranks[place.rank] ?? worker) : worker;
  return owner === worker ? null : fault(`rank ${place.rank} is worker ${owner}, not worker ${worker}`, place);
}

function fault(message: string, { rank, step }: GatherPlace): Failure {
  return {
    code: 'MLIP_E_SESSION_WRONG',
    message,
    where: `rank ${rank}, gather of step ${step + 1}`,
    remedy: 'Let this worker join the run again; look for a process that has the run token and should not.',
  };
}
