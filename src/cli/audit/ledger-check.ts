/**
 * Whether a ledger shows what it should: every step that metrics.jsonl has, once, every micro-batch once, every row as planned.
 */
import type { LedgerLine } from '../../coordinator/ledger.js';
import { microBatchCount, planner, stepsPerEpoch, type MicroBatchPlan, type PlanShape } from '../../core/plan.js';

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

/** Steps that metrics.jsonl has: before the ledger was read, and after. A run that goes on writes meanwhile. */
export interface RecordedSteps {
  before: readonly number[];
  after: readonly number[];
}

const MOST_NAMED = 20;

/**
 * The plan is a permutation of the training rows for each epoch, so rows that are as planned are used once. A row that is
 * unusable is replaced, the same one each time it comes.
 */
export function auditLedger(all: readonly LedgerLine[], shape: PlanShape, recorded: RecordedSteps): Audit {
  const lastStep = highest(recorded.before);
  const lines = all.filter(({ step }) => step <= lastStep);
  const steps = byStep(lines);
  const plan = planner(shape);
  const rows = new RowCheck();
  const problems = [...(steps.size === 0 ? ['no step is there'] : []), ...gapProblems([...steps.keys()])];
  problems.push(...recordProblems(new Set(all.map(({ step }) => step)), recorded));
  for (const [step, own] of steps) {
    const planned = plan(step - 1).microBatches;
    problems.push(...microBatchProblems(step, own, microBatchCount(shape)));
    for (const line of own) problems.push(...rows.check(line, planned.at(line.micro_batch)));
  }
  return {
    ...{ steps: steps.size, wholeEpochs: Math.floor(steps.size / stepsPerEpoch(shape)), rows: shape.rows },
    generations: new Set(lines.map(({ generation }) => generation)).size,
    ...{ replacedRows: rows.replaced, problems: problems.slice(0, MOST_NAMED), problemCount: problems.length },
  };
}

function byStep(lines: readonly LedgerLine[]): Map<number, LedgerLine[]> {
  const steps = new Map<number, LedgerLine[]>();
  for (const line of lines) {
    const own = steps.get(line.step);
    if (own === undefined) steps.set(line.step, [line]);
    else own.push(line);
  }
  return steps;
}

/** Steps count from 1 without a gap; what comes after the first gap is not looked at. */
function gapProblems(steps: readonly number[]): string[] {
  const sorted = steps.toSorted((a, b) => a - b);
  const at = sorted.findIndex((step, position) => step !== position + 1);
  return at < 0 ? [] : [`step ${at + 1} is missing: the one after step ${at} is ${sorted[at]}`];
}

function highest(steps: readonly number[]): number {
  return steps.reduce((most, step) => Math.max(most, step), 0);
}

/**
 * A coordinator writes the lines of a step to the ledger before the one to metrics.jsonl, so one that dies in between leaves a
 * step, perhaps not all of it, in the ledger alone. That one is not looked at; it is computed again.
 */
function recordProblems(steps: ReadonlySet<number>, { before, after }: RecordedSteps): string[] {
  const [known, lastStep] = [new Set(after), highest(after)];
  const [lacking] = before.filter((step) => !steps.has(step)).sort((a, b) => a - b);
  const [surplus] = [...steps].filter((step) => step !== lastStep + 1 && !known.has(step)).sort((a, b) => a - b);
  return [
    ...(lacking === undefined ? [] : [`step ${lacking} is in metrics.jsonl and not in the ledger`]),
    ...(surplus === undefined ? [] : [`step ${surplus} is in the ledger and not in metrics.jsonl`]),
  ];
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
class RowCheck {
  replaced = 0;
  private readonly uses = new Map<number, Use>();

  check({ step, micro_batch: index, rows }: LedgerLine, planned: MicroBatchPlan | undefined): string[] {
    if (rows.length !== planned?.rows.length) return [`step ${step}, micro-batch ${index}: ${rows.length} rows`];
    return rows.flatMap((row, at) => this.note(planned.rows[at], row === planned.rows[at] ? 'used' : 'replaced', step));
  }

  private note(row: number, use: Use, step: number): string[] {
    if (use === 'replaced') this.replaced++;
    const before = this.uses.get(row);
    this.uses.set(row, before ?? use);
    return before === undefined || before === use
      ? []
      : [`step ${step}: row ${row} is ${use}, in another step it is not`];
  }
}
