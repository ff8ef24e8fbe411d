/** Whether a coordinator leads its run or stands by for it, as others see it. */
import type { CoordinatorWatch } from '../metrics/coordinator-watch.js';
import type { RunLead, SharedRun } from './leadership.js';

/** Another one leads, and this one waits. */
export function showStandingBy(watch: CoordinatorWatch, { name }: SharedRun): void {
  watch.lease.standsBy(name);
  watch.readiness = { ready: true, text: `standing by: another coordinator leads run ${name}` };
}

/** This one leads. Returns what is to be called when it does no more. */
export function showLead(watch: CoordinatorWatch, { name }: SharedRun, { token, lost }: RunLead): () => void {
  const lose = (): void => watch.lease.leaves(name, true);
  watch.lease.leads(name, token ?? 0);
  lost.addEventListener('abort', lose);
  return () => {
    lost.removeEventListener('abort', lose);
    watch.lease.leaves(name, false);
  };
}
