/** Whether a ledger shows what it should: every step once, every micro-batch once, every row as planned. */
import type { LedgerLine } from '../../coordinator/ledger.js';
import { microBatchCount, planner, stepsPerEpoch, type PlanShape } from '../../core/plan.js';

export interface Audit {
  /** Applied steps in the ledger. */
  steps: number;
  /** Epochs of which the ledger has every step. */
  wholeEpochs: number;
  rows: number;
  generations: number;
  /** Planned rows that were unusable, and were replaced by others. */
  replacedRows: number;
  /** The first that were found; none in a sound ledger. */
  problems: string[];
  /** All that were found. */
  problemCount: number;
}

const MOST_NAMED = 20;

/**
 * The plan is a permutation of the training rows for each epoch, so rows that are as planned are used once. A row that is
 * unusable is replaced, the same one each time it comes.
 */
export function auditLedger(lines: readonly LedgerLine[], shape: PlanShape): Audit {
  const problems: string[] = [];
  const steps = byStep(lines);
  const plan = planner(shape);
  const unusable = new Map<number, Set<string>>();
  let replacedRows = 0;
  for (const [position, step] of [...steps.keys()].sort((a, b) => a - b).entries()) {
    if (step !== position + 1)
      problems.push(`step ${position + 1} is missing: the one after step ${position} is ${step}`);
    if (step !== position + 1) break;
  }
  for (const [step, own] of steps) {
    problems.push(...microBatchProblems(step, own, microBatchCount(shape)));
    const planned = plan(step - 1).microBatches;
    for (const { micro_batch: index, rows } of own) {
      if (rows.length !== shape.microBatchSize)
        problems.push(`step ${step}, micro-batch ${index}: ${rows.length} rows`);
      const expected = planned.at(index)?.rows ?? new Int32Array();
      for (const [at, row] of rows.entries()) {
        if (row === expected[at]) noteUse(unusable, expected[at], 'used', problems, step);
        else {
          replacedRows++;
          noteUse(unusable, expected[at], 'replaced', problems, step);
        }
      }
    }
  }
  const perEpoch = stepsPerEpoch(shape);
  return {
    ...{ steps: steps.size, wholeEpochs: Math.floor(steps.size / perEpoch), rows: shape.rows },
    generations: new Set(lines.map(({ generation }) => generation)).size,
    ...{ replacedRows, problems: problems.slice(0, MOST_NAMED), problemCount: problems.length },
  };
}

function byStep(lines: readonly LedgerLine[]): Map<number, LedgerLine[]> {
  const steps = new Map<number, LedgerLine[]>();
  for (const line of lines) steps.set(line.step, [...(steps.get(line.step) ?? []), line]);
  return steps;
}

/** Each once, all of one generation: a step that was applied twice has lines of two. */
function microBatchProblems(step: number, own: readonly LedgerLine[], count: number): string[] {
  const seen = own.map((line) => line.micro_batch);
  const missing = Array.from({ length: count }, (_, index) => index).filter((index) => !seen.includes(index));
  const repeated = seen.filter((index, at) => seen.indexOf(index) !== at);
  const generations = [...new Set(own.map(({ generation }) => generation))];
  return [
    ...missing.map((index) => `step ${step}: micro-batch ${index} is missing`),
    ...repeated.map((index) => `step ${step}: micro-batch ${index} was computed twice`),
    ...(generations.length > 1 ? [`step ${step} was applied in generations ${generations.join(' and ')}`] : []),
  ];
}

type Use = 'used' | 'replaced';

/** A row is usable or it is not: one that is replaced here and used there was left out wrongly. */
function noteUse(uses: Map<number, Set<string>>, row: number, use: Use, problems: string[], step: number): void {
  const known = uses.get(row) ?? new Set();
  if (known.size === 1 && !known.has(use))
    problems.push(`step ${step}: row ${row} is ${use}, in another step it is not`);
  uses.set(row, known.add(use));
}
