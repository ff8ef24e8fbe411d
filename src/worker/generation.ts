/** A generation as a worker takes part in it: the state it begins with, the ring, and this rank's share of each step. */
import { openRing } from '../collectives/open-ring.js';
import type { Ring } from '../collectives/ring.js';
import { linkedSignal } from '../core/linked-signal.js';
import type { Share } from '../core/plan.js';
import { obtainState } from './obtain-state.js';
import type { Traffic } from '../metrics/traffic.js';
import type { Assignment } from './session.js';
import { offerState } from './state-transfer.js';
import type { WorkerParts } from './worker-parts.js';

export class Generation {
  readonly assignment: Assignment;
  ring!: Ring;
  private readonly parts: WorkerParts;
  private boundaries: readonly number[];
  private taken = { sent: 0, received: 0 };
  private withdrawOffer: () => void = () => undefined;
  private readonly leave = (): void => void this.ring.close().catch(() => undefined);

  constructor(parts: WorkerParts, assignment: Assignment) {
    this.parts = parts;
    this.assignment = assignment;
    this.boundaries = assignment.boundaries;
  }

  /** Micro-batches of a step that this rank computes; there may be none. */
  get share(): Share {
    const { rank } = this.assignment;
    return { start: this.boundaries[rank], end: this.boundaries[rank + 1] };
  }

  /** From the next step on; none leave everything as it is. */
  move(boundaries: readonly number[]): void {
    if (boundaries.length > 0) this.boundaries = boundaries;
  }

  /** Counts the bytes over the ring since the last call. */
  observeTraffic(traffic: Traffic): void {
    const { rank, peers } = this.assignment;
    const { bytesSent, bytesReceived } = this.ring;
    if (peers.length === 1) return;
    traffic.sent('ring', (rank + 1) % peers.length, bytesSent - this.taken.sent);
    traffic.received('ring', (rank + peers.length - 1) % peers.length, bytesReceived - this.taken.received);
    this.taken = { sent: bytesSent, received: bytesReceived };
  }

  /** Connects to the neighbours while the state is being copied: they need not wait for it to begin the step. */
  async open(): Promise<void> {
    const { parts, assignment } = this;
    const either = linkedSignal(assignment.over);
    const opening = this.openRing(either.signal);
    const obtaining = this.obtain(either.signal);
    try {
      [this.ring] = await Promise.all([opening, obtaining]);
    } catch (error) {
      either.abort();
      await Promise.allSettled([opening.then((ring) => ring.close()), obtaining]);
      throw error;
    } finally {
      either.release();
    }
    assignment.over.addEventListener('abort', this.leave);
    if (assignment.over.aborted) this.leave();
    parts.session.inPlace(assignment);
  }

  /**
   * Nobody copies any more. To be called before the state changes; after the first step nobody needs to: no rank can take part
   * in it without the state.
   */
  withdraw(): void {
    this.withdrawOffer();
    this.withdrawOffer = () => undefined;
  }

  /** Resolves when nothing of it is under way. */
  async close(): Promise<void> {
    this.withdraw();
    this.assignment.over.removeEventListener('abort', this.leave);
    await (this.ring as Ring | undefined)?.close();
  }

  private openRing(signal: AbortSignal): Promise<Ring> {
    const { session, listener, access, log } = this.parts;
    const { rank, peers, generation } = this.assignment;
    const { stepMs: timeoutMs } = session.config.timeouts;
    const { tls } = access;
    const token = access.token.forRing(session.runId);
    return openRing({ rank, world: peers.length, generation, peers, listener, token, tls, timeoutMs, signal, log });
  }

  private async obtain(signal: AbortSignal): Promise<void> {
    const { parts, assignment } = this;
    parts.loader?.prepare(assignment.step, this.share);
    const state = await obtainState(parts, assignment, signal);
    if (assignment.peers.length > 1) this.withdrawOffer = offerState(parts, state, assignment.generation);
  }
}
