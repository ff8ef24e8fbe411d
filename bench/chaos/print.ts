/** What is printed of rounds: tables for people, and all that helps to repeat and to explain one that failed. */
import { formatColumns } from '../../src/core/columns.js';
import { costsOf, type Row } from './report.js';
import type { Round } from './round.js';

/** What happened in a round, in order. */
export function formatRows(rows: readonly Row[]): string {
  const table = rows.map(({ atSeconds, step, kind, hit, nextStepMs, longestWaitMs }) => [
    `${atSeconds.toFixed(1)} s`,
    String(step),
    kind,
    milliseconds(nextStepMs),
    milliseconds(longestWaitMs),
    hit,
  ]);
  return formatColumns([['at', 'step', 'what', 'next step after', 'longest wait', 'hit'], ...table]).join('\n');
}

/** By kind, over all rounds. */
export function formatCosts(rows: readonly Row[]): string {
  const table = costsOf(rows).map(({ kind, count, nextStepMs, longestWaitMs }) => [
    ...[kind, String(count), milliseconds(nextStepMs.median), milliseconds(nextStepMs.max)],
    ...[milliseconds(longestWaitMs.median), milliseconds(longestWaitMs.max)],
  ]);
  const head = ['what', 'times', 'next step after: median', 'max', 'longest wait: median', 'max'];
  return formatColumns([head, ...table]).join('\n');
}

function milliseconds(value: number | null): string {
  return value === null ? '-' : `${value.toFixed(0)} ms`;
}

/** A line that says how a round went. */
export function formatVerdict({ problems, rows, planned, generations, rewinds, seconds, comparison }: Round): string {
  const worst = comparison === null ? 'nothing to compare' : `largest difference ${comparison.worst.difference}`;
  const state = comparison?.sameState === true ? 'final state the same bits' : 'final state not the same bits';
  return [
    problems.length === 0 ? 'ok' : 'FAILED',
    `${rows.length} of ${planned} disturbances`,
    `${generations} generations`,
    `${rewinds} rewinds`,
    ...[worst, state, `${seconds.toFixed(0)} s`],
  ].join(', ');
}

const SHOWN_ROWS = 10;
const SHOWN_LINES = 25;

/** @param again the command that repeats it */
export function formatFailure({ problems, rows, logs }: Round, again: string): string {
  return [
    ...problems.map((problem) => `- ${problem}`),
    `\nThe last disturbances:\n${formatRows(rows.slice(-SHOWN_ROWS))}`,
    ...Object.entries(logs).map(([name, log]) => `\n${name}:\n${log.slice(-SHOWN_LINES).join('\n')}`),
    `\nAgain: ${again}`,
  ].join('\n');
}
