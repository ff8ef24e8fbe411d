// The audit of a ledger: what is sound passes, and each way in which a run could go wrong is found.
import { describe, expect, it } from 'vitest';
import { auditLedger } from '../../src/cli/audit/ledger-check.js';
import { ledgerLines, parseLedgerLine, type LedgerLine } from '../../src/coordinator/ledger.js';
import { planner } from '../../src/core/plan.js';

const SHAPE = { seed: 7, rows: 26, batchSize: 8, microBatchSize: 2 };
/** Three steps to an epoch. */
const STEPS = 7;

function soundLedger(): LedgerLine[] {
  const plan = planner(SHAPE);
  return Array.from({ length: STEPS }, (_, step) => {
    const rows = plan(step).microBatches.flatMap((batch) => [...batch.rows]);
    const text = ledgerLines({ step: step + 1, generation: step < 3 ? 1 : 2 }, { rows, ranks: [0, 0, 1, 1] });
    return text
      .trim()
      .split('\n')
      .map((line) => parseLedgerLine(line)!);
  }).flat();
}

function problemsOf(change: (lines: LedgerLine[]) => LedgerLine[]): string[] {
  return auditLedger(change(soundLedger()), SHAPE).problems;
}

describe('the audit of a ledger', () => {
  it('finds nothing wrong with a run that went as planned', () => {
    expect(auditLedger(soundLedger(), SHAPE)).toEqual({
      ...{ steps: STEPS, wholeEpochs: 2, rows: 26, generations: 2, replacedRows: 0, problems: [], problemCount: 0 },
    });
  });

  it('finds a step that is missing', () => {
    expect(problemsOf((lines) => lines.filter(({ step }) => step !== 4))).toEqual([
      'step 4 is missing: the one after step 3 is 5',
    ]);
  });

  it('finds a step that was applied in two generations', () => {
    const again = (lines: LedgerLine[]): LedgerLine[] => [
      ...lines,
      ...lines.filter(({ step }) => step === 3).map((line) => ({ ...line, generation: 2 })),
    ];
    expect(problemsOf(again)).toContain('step 3 was applied in generations 1 and 2');
    expect(problemsOf(again)).toContain('step 3: micro-batch 0 was computed twice');
  });

  it('finds a micro-batch that nobody computed', () => {
    expect(problemsOf((lines) => lines.slice(1))).toEqual(['step 1: micro-batch 0 is missing']);
  });

  it('finds a row that was left out although it is usable', () => {
    const swapped = (lines: LedgerLine[]): LedgerLine[] => {
      const row = lines[0].rows[0];
      const other = lines.findIndex(({ step, rows }) => step > 3 && rows.includes(row));
      return lines.map((line, at) =>
        at === other ? { ...line, rows: line.rows.map((r) => (r === row ? 25 : r)) } : line,
      );
    };
    expect(problemsOf(swapped)[0]).toMatch(/^step \d: row \d+ is replaced, in another step it is not$/);
  });

  it('counts a row that is replaced wherever it comes, and finds nothing wrong with that', () => {
    const [bad] = soundLedger()[0].rows;
    const lines = soundLedger().map((line) => ({ ...line, rows: line.rows.map((row) => (row === bad ? 99 : row)) }));
    expect(auditLedger(lines, SHAPE)).toMatchObject({ problemCount: 0 });
    expect(auditLedger(lines, SHAPE).replacedRows).toBeGreaterThan(0);
  });
});
