/** What the server answers. */
import type { DrawnCurves } from '../curves.js';
import type { RunSummary as Summary } from '../summary.js';

export type { DrawnCurves };

export type Line = Record<string, unknown>;

export type Numbers = Record<string, number | null>;

export type RunSummary = Omit<Summary, 'newest'> & { newest: Numbers | null };

export interface RunState {
  summary: RunSummary;
  events: Line[];
  ranks: RanksLine | null;
  /** The first line of the log that tells of a failure. */
  firstError: Line | null;
  /** Up to which place of each file this goes. */
  cursor: string;
}

export interface RanksLine {
  time: string;
  step: number;
  generation: number;
  ranks: { rank: number; worker: number; host: string; microBatches: number; phaseSeconds: Record<string, number> }[];
}

/** A part of a run's page. Each hears what concerns it. */
export interface Part {
  element: HTMLElement;
  /** All anew, at the beginning and after the run has gone back. */
  begin?(state: RunState): void;
  metrics?(lines: Numbers[]): void;
  events?(lines: Line[]): void;
  ranks?(lines: RanksLine[]): void;
  logs?(lines: Line[]): void;
  summary?(summary: RunSummary): void;
  evaluations?(steps: number[]): void;
  end?(): void;
}
