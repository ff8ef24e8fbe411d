/** Counts what was turned away, by reason, and says so in the log: the first at once, the rest a few times a minute. */
import type { Logger } from '../core/log.js';

/** Labels of the metric `mlip_refused_total`: a closed list, so that no stranger can make new ones. */
export const REFUSAL_REASONS = [
  'token', // without the run token, or with a wrong one
  'certificate', // expired, of a foreign authority, for another name, or none
  'handshake', // no TLS where TLS is spoken
  'silent', // a connection that did not show that it belongs here, in time or at all
  'connections', // too many of them
  'calls', // too many of one kind at a time
  'rate', // too many messages a second
  'slow', // what came too slowly
  'size', // a message above its bound
  'protocol', // bytes that are no message, or a message that is not due
  'field', // a value that cannot be: too long, too many, of characters that are not allowed
  'path', // a path that leads out of the output directory
  'session', // in the name of a worker whose session it is not
  'stale', // of an older generation, or of a step that is over
  'tensor', // not of the shape or length that it announces
  'version', // of another version of mlip
  'closed', // the run takes no more workers, or is over
  'neighbour', // a rank that is not the neighbour in the ring
] as const;

export type RefusalReason = (typeof REFUSAL_REASONS)[number];

const QUIET_MS = 20_000;

export class Refusals {
  private readonly log: Logger;
  private readonly counts = new Map<RefusalReason, number>();
  private readonly quiet = new Map<RefusalReason, { untilMs: number; unsaid: number }>();

  constructor(log: Logger) {
    this.log = log;
  }

  /** `what` was refused and who sent it, in words of ours: nothing that a stranger wrote, no secrets. */
  add(reason: RefusalReason, what: string): void {
    this.counts.set(reason, this.of(reason) + 1);
    const nowMs = performance.now();
    const quiet = this.quiet.get(reason);
    if (quiet !== undefined && nowMs < quiet.untilMs) {
      quiet.unsaid++;
      return;
    }
    const more = quiet === undefined || quiet.unsaid === 0 ? '' : ` (and ${quiet.unsaid} before)`;
    this.log.warn(`refused ${what}${more}`, { reason });
    this.quiet.set(reason, { untilMs: nowMs + QUIET_MS, unsaid: 0 });
  }

  of(reason: RefusalReason): number {
    return this.counts.get(reason) ?? 0;
  }
}
