// The audit of a ledger: what is sound passes, and each way in which a run could go wrong is found.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditLedger, type Audit } from '../../src/cli/audit/ledger-check.js';
import { ledgerLines, parseLedgerLine, type LedgerLine } from '../../src/coordinator/ledger.js';
import { planner } from '../../src/core/plan.js';
import { mlip } from './run-cli.js';

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

/** Of a run that has ended. */
function audit(lines: LedgerLine[], steps = STEPS): Audit {
  const recorded = Array.from({ length: steps }, (_, step) => step + 1);
  return auditLedger(lines, SHAPE, { before: recorded, after: recorded });
}

function problemsOf(change: (lines: LedgerLine[]) => LedgerLine[]): string[] {
  return audit(change(soundLedger())).problems;
}

describe('the audit of a ledger', () => {
  it('finds nothing wrong with a run that went as planned', () => {
    expect(audit(soundLedger())).toEqual({
      ...{ steps: STEPS, wholeEpochs: 2, rows: 26, generations: 2, replacedRows: 0, problems: [], problemCount: 0 },
    });
  });

  it('finds a step that is missing', () => {
    expect(problemsOf((lines) => lines.filter(({ step }) => step !== 4))).toEqual([
      'step 4 is missing: the one after step 3 is 5',
      'step 4 is in metrics.jsonl and not in the ledger',
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
    expect(audit(lines)).toMatchObject({ problemCount: 0 });
    expect(audit(lines).replacedRows).toBeGreaterThan(0);
  });

  it('finds that nothing is there', () => {
    expect(audit([], 0).problems).toEqual(['no step is there']);
    expect(problemsOf(() => [])).toEqual(['no step is there', 'step 1 is in metrics.jsonl and not in the ledger']);
  });

  it('finds that the last steps are missing', () => {
    expect(problemsOf((lines) => lines.filter(({ step }) => step <= 5))).toEqual([
      'step 6 is in metrics.jsonl and not in the ledger',
    ]);
  });

  it('finds steps that were computed and never recorded, but for the one that a coordinator dies in', () => {
    expect(audit(soundLedger(), STEPS - 2).problems).toEqual(['step 7 is in the ledger and not in metrics.jsonl']);
    const cut = soundLedger().slice(0, -1);
    expect(audit(cut, STEPS - 1)).toMatchObject({ steps: STEPS - 1, problems: [] });
  });

  it('is not misled by a run that goes on meanwhile', () => {
    const recorded = { before: [1, 2, 3], after: [1, 2, 3, 4, 5, 6] };
    expect(auditLedger(soundLedger().slice(0, -1), SHAPE, recorded)).toMatchObject({ steps: 3, problems: [] });
  });
});

describe('mlip audit', () => {
  let out: string;
  beforeEach(() => {
    out = join(mkdtempSync(join(tmpdir(), 'mlip-audit-')), 'run');
    mkdirSync(out);
    const { seed, batchSize, microBatchSize } = SHAPE;
    write('config.yaml', JSON.stringify({ recipe: 'clip-nano', seed, batchSize, microBatchSize }));
    write('run.json', JSON.stringify({ rows: SHAPE.rows }));
    write('ledger.jsonl', textOf(soundLedger()));
    write('metrics.jsonl', textOf(Array.from({ length: STEPS }, (_, step) => ({ step: step + 1, loss: 1 }))));
  });
  afterEach(() => rmSync(join(out, '..'), { recursive: true }));

  const write = (name: string, text: string): void => writeFileSync(join(out, name), text);
  const textOf = (lines: readonly object[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

  it('passes a sound run, and compares the ledger with metrics.jsonl', async () => {
    expect(await mlip(['audit', out])).toMatchObject({ status: 0, stderr: '' });
    write('ledger.jsonl', textOf(soundLedger().filter(({ step }) => step <= 5)));
    expect(await mlip(['audit', out])).toMatchObject({
      status: 5,
      stderr: expect.stringContaining('step 6 is in metrics.jsonl and not in the ledger') as string,
    });
    write('ledger.jsonl', '');
    expect(await mlip(['audit', out])).toMatchObject({
      status: 5,
      stderr: expect.stringContaining('MLIP_E_AUDIT') as string,
    });
  });

  it.each([
    ['run.json', '{"rows": 2'],
    ['run.json', 'null'],
    ['metrics.jsonl', '{"step": 1}\n{"st\n'],
    ['ledger.jsonl', '{}\n'],
  ])('says that %s is damaged', async (name, text) => {
    write(name, text);
    const { status, stderr } = await mlip(['audit', out]);
    expect(stderr).toContain('MLIP_E_LEDGER');
    expect(stderr).toContain(join(out, name));
    expect(status).toBe(3);
  });
});
