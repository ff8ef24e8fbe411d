/** What an audit looks at in the output directory of a run. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { resolveConfig } from '../../config/load.js';
import { parseLedgerLine, type LedgerLine } from '../../coordinator/ledger.js';
import { messageOf, MlipError } from '../../core/errors.js';
import type { PlanShape } from '../../core/plan.js';

export interface AuditedRun {
  lines: LedgerLine[];
  shape: PlanShape;
}

/** @throws MLIP_E_LEDGER with the file, and the line, that is to blame */
export function readAuditedRun(out: string): AuditedRun {
  const lines = readLedger(join(out, 'ledger.jsonl'));
  const { config } = resolveConfig({ recipeOrFile: join(out, 'config.yaml') });
  const { seed, batchSize, microBatchSize } = config;
  return { lines, shape: { seed, batchSize, microBatchSize, rows: readRows(join(out, 'run.json')) } };
}

function readLedger(path: string): LedgerLine[] {
  const texts = read(path).split('\n');
  // What a crash cut short is no line.
  const whole = texts.slice(0, -1);
  return whole.map((text, index) => parseLedgerLine(text) ?? unreadable(path, `line ${index + 1} is none of a ledger`));
}

function readRows(path: string): number {
  const { rows } = JSON.parse(read(path)) as { rows?: unknown };
  return typeof rows === 'number' ? rows : unreadable(path, 'it does not say how many training rows there are');
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
