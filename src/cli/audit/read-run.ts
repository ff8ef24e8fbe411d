/** What an audit looks at in the output directory of a run. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { resolveConfig } from '../../config/load.js';
import { parseLedgerLine, type LedgerLine } from '../../coordinator/ledger.js';
import { messageOf, MlipError } from '../../core/errors.js';
import { parseJson } from '../../core/json.js';
import type { PlanShape } from '../../core/plan.js';
import type { RecordedSteps } from './ledger-check.js';

export interface AuditedRun {
  lines: LedgerLine[];
  shape: PlanShape;
  recorded: RecordedSteps;
}

/** @throws MLIP_E_LEDGER with the file, and the line, that is to blame */
export function readAuditedRun(out: string): AuditedRun {
  const [ledger, metrics] = ['ledger.jsonl', 'metrics.jsonl'].map((name) => join(out, name));
  const before = readLines(metrics, stepOf);
  const lines = readLines(ledger, parseLedgerLine);
  const recorded = { before, after: readLines(metrics, stepOf) };
  const { config } = resolveConfig({ recipeOrFile: join(out, 'config.yaml') });
  const { seed, batchSize, microBatchSize } = config;
  return { lines, recorded, shape: { seed, batchSize, microBatchSize, rows: readRows(join(out, 'run.json')) } };
}

/** @param parse gives null for what is no such line */
function readLines<T>(path: string, parse: (text: string) => T | null): T[] {
  const texts = read(path).split('\n');
  // What a crash cut short is no line.
  const whole = texts.slice(0, -1);
  return whole.map((text, index) => parse(text) ?? unreadable(path, `line ${index + 1} is damaged`));
}

function stepOf(text: string): number | null {
  const step = fieldOf(text, 'step');
  return Number.isSafeInteger(step) ? (step as number) : null;
}

function readRows(path: string): number {
  const rows = fieldOf(read(path), 'rows');
  // It is null before a worker has loaded them.
  return Number.isSafeInteger(rows)
    ? (rows as number)
    : unreadable(path, 'it does not say how many training rows there are');
}

/** Undefined where the text is no JSON object with such a field. */
function fieldOf(text: string, name: string): unknown {
  return (parseJson(text) as Record<string, unknown> | null | undefined)?.[name];
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    return unreadable(path, messageOf(cause));
  }
}

function unreadable(path: string, what: string): never {
  throw new MlipError('MLIP_E_LEDGER', `the run cannot be audited: ${what}`, {
    where: path,
    remedy: 'Give the output directory of a run that has applied a step.',
  });
}
