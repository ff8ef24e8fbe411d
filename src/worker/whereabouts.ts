/** Where a worker is: its run, its number and rank, and the step under way. For its log, and for those who ask. */
import type { LogFields } from '../core/log.js';
import type { Session } from './session.js';

/** Which may change: a worker that comes back may get another number. */
type Joined = Pick<Session, 'runId' | 'worker'>;

export class Whereabouts {
  private session: Joined | undefined;
  private place: { rank: number; generation: number } | undefined;
  private step: number | undefined;
  /** What it is about, in words. */
  stage = 'looks for its coordinator';

  join(session: Joined): void {
    this.session = session;
  }

  enter(generation: number, rank: number): void {
    this.place = { rank, generation };
  }

  /** @param step 0-based */
  begin(step: number): void {
    this.step = step;
  }

  /** Of a line of its log. Steps are counted from 1 there, as in metrics.jsonl. */
  fields(): LogFields {
    const { session, place, step } = this;
    return {
      ...(session === undefined ? {} : { run: session.runId, worker: session.worker }),
      ...place,
      ...(step === undefined ? {} : { step: step + 1 }),
    };
  }
}
