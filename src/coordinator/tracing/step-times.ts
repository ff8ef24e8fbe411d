/** When the steps of a run began and ended, as its coordinator sees them, and when their rows came together. */
import { wallClock } from '../../core/wall-clock.js';
import type { StepTimingsSeen } from '../../rpc/service.js';

/** A step that is over. */
export type OnStep = (timings: StepTimingsSeen) => void;

interface Under {
  /** 0-based. */
  step: number;
  generation: number;
  begunMs: number;
  gatherMs: { begun: number | null; released: number | null };
}

export class StepTimes {
  private readonly onStep: OnStep;
  private under: Under | null = null;

  constructor(onStep: OnStep) {
    this.onStep = onStep;
  }

  /** A step of a generation begins, which may be said twice; what was under way of an earlier one is abandoned. */
  begin(step: number, generation: number): void {
    if (this.under?.step === step && this.under.generation === generation) return;
    if (this.under !== null) this.tell(this.under, true);
    this.open(step, generation);
  }

  /** A rank's rows have come. */
  contributed(): void {
    if (this.under !== null) this.under.gatherMs.begun ??= performance.now();
  }

  /** All have. */
  released(): void {
    if (this.under !== null) this.under.gatherMs.released = performance.now();
  }

  /** The step is applied on all ranks: the next one begins. */
  applied(): void {
    if (this.under === null) return;
    const { step, generation } = this.under;
    this.tell(this.under, false);
    this.open(step + 1, generation);
  }

  private open(step: number, generation: number): void {
    this.under = { step, generation, begunMs: performance.now(), gatherMs: { begun: null, released: null } };
  }

  private tell({ step, generation, begunMs, gatherMs }: Under, abandoned: boolean): void {
    const { begun, released } = gatherMs;
    const whole = spanOf('step', 'steps', begunMs, performance.now());
    const gather = begun === null || released === null ? [] : [spanOf('gather', 'gather', begun, released)];
    this.onStep({ step, generation, rank: 0, abandoned, spans: [whole, ...gather] });
  }
}

type Span = StepTimingsSeen['spans'][number];

function spanOf(name: string, track: string, startMs: number, endMs: number): Span {
  return { name, track, startMs: wallClock.unixMs(startMs), durationMs: endMs - startMs };
}
