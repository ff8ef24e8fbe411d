/** A disturbed run beside a quiet one of the same configuration. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runMlip } from './command.js';
import { compareLines, type LinesCompared, type MetricsLine } from './compare-lines.js';
import { compareStates } from './compare-states.js';

export interface Comparison extends LinesCompared {
  /** Weights and optimiser state at the end are the same bits. */
  readonly sameState: boolean;
}

/** @param quiet, disturbed output directories of runs that have ended */
export async function compareRuns(quiet: string, disturbed: string): Promise<Comparison> {
  const lines = compareLines(readLines(quiet), readLines(disturbed));
  const state = await compareStates(quiet, disturbed);
  const audit = await runMlip('audit', disturbed);
  const unsound = audit.status === 0 ? [] : [`mlip audit: ${audit.stdout}${audit.stderr}`.trim()];
  return {
    problems: [...lines.problems, ...state.problems, ...unsound],
    worst: lines.worst,
    sameState: state.same,
  };
}

function readLines(out: string): MetricsLine[] {
  const lines = readFileSync(join(out, 'metrics.jsonl'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as MetricsLine);
}
