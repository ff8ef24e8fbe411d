/** Tells the coordinator where the time of a step went, where somebody has asked it; nothing is sent otherwise. */
import { wallClock } from '../core/wall-clock.js';
import type { StepTimingsSent } from '../rpc/service.js';
import type { Session } from './session.js';
import type { TimedSpan } from './step-timeline.js';

export interface TimedStep {
  /** 0-based. */
  step: number;
  generation: number;
  rank: number;
  abandoned: boolean;
  spans: readonly TimedSpan[];
}

interface Steps {
  firstStep: number;
  endStep: number;
}

/** Of those that several people want at the same time. */
const MOST_WANTED = 16;

export class TimingsTeller {
  private readonly session: Pick<Session, 'remark'>;
  private wanted: Steps[] = [];

  constructor(session: Pick<Session, 'remark'>) {
    this.session = session;
  }

  want(steps: Steps): void {
    this.wanted = [...this.wanted.slice(1 - MOST_WANTED), steps];
  }

  stepped(timed: TimedStep): void {
    if (this.wanted.length === 0) return;
    const { step } = timed;
    if (this.wanted.some(({ firstStep, endStep }) => firstStep <= step && step < endStep)) {
      this.session.remark({ timings: timingsOf(timed) });
    }
    this.wanted = this.wanted.filter(({ endStep }) => timed.abandoned || step + 1 < endStep);
  }
}

function timingsOf({ step, generation, rank, abandoned, spans }: TimedStep): StepTimingsSent {
  return {
    ...{ step, generation, rank, abandoned },
    spans: spans.map(({ name, track, startMs, durationMs }) => ({
      ...{ name, track, durationMs },
      startMs: wallClock.unixMs(startMs),
    })),
  };
}
