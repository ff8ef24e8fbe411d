/** Of a coordinator that shares its run with others: whether it leads, and how leadership changes hands. */
import type { Gauge } from 'prom-client';
import type { Instruments } from './instruments.js';

export interface LeaseMetrics {
  /** Another one leads, and this one waits. `lease`: name of the run in the store. */
  standsBy(lease: string): void;
  /** `token` is greater than that of any leader before. */
  leads(lease: string, token: number): void;
  /** It leads no more: it let the lease go, or lost it. */
  leaves(lease: string, lost: boolean): void;
}

export function leaseMetrics({ gauge, counter }: Instruments): LeaseMetrics {
  const leader = gauge('mlip_leader', '1 where this coordinator leads the run, 0 where it stands by', 'lease');
  const token = gauge('mlip_lease_token', 'Of this coordinator’s lease; a later leader has a greater one', 'lease');
  const losses = counter('mlip_lease_losses_total', 'Leases that were lost, and not let go', 'lease');
  const only = (of: Gauge, lease: string, value: number): void => {
    of.reset();
    of.set({ lease }, value);
  };
  return {
    standsBy: (lease) => only(leader, lease, 0),
    leads(lease, newest) {
      only(leader, lease, 1);
      only(token, lease, newest);
      losses.inc({ lease }, 0);
    },
    leaves(lease, lost) {
      leader.reset();
      token.reset();
      if (lost) losses.inc({ lease });
    },
  };
}
