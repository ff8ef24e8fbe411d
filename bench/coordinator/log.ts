/** The times that the workers of one process note, put together by step. */
import type { FleetReport, FleetStep } from './spec.js';

export class FleetLog {
  readonly joinedMs: number[] = [];
  readonly assignedMs: number[] = [];
  heartbeats = 0;
  private readonly begunMs: number;
  private readonly steps = new Map<number, FleetStep>();

  constructor(begunMs: number) {
    this.begunMs = begunMs;
  }

  /** The step's own entry, made by the first worker that asks. */
  step(step: number): FleetStep {
    const known = this.steps.get(step);
    if (known !== undefined) return known;
    const fresh = { step, gatherBegunMs: 0, gatheredMs: [], committedMs: 0, directedMs: [] };
    this.steps.set(step, fresh);
    return fresh;
  }

  report(): FleetReport {
    const { joinedMs, assignedMs, begunMs, heartbeats } = this;
    return { joinedMs, assignedMs, begunMs, heartbeats, steps: [...this.steps.values()] };
  }
}
