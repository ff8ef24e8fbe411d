/** What was turned away, as a metric. */
import { Counter, type Registry } from 'prom-client';
import { REFUSAL_REASONS, type Refusals } from '../security/refusals.js';

/** Adds `mlip_refused_total` to a registry: each reason from the start, and no other ever. */
export function exposeRefusals(registry: Registry, refusals: Pick<Refusals, 'of'>): void {
  new Counter({
    ...{ name: 'mlip_refused_total', help: 'Connections, calls and messages that were refused' },
    ...{ labelNames: ['reason'], registers: [registry] },
    collect() {
      this.reset();
      for (const reason of REFUSAL_REASONS) this.inc({ reason }, refusals.of(reason));
    },
  });
}
