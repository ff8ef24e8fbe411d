/** A run goes on from a checkpoint whose newest step its last coordinator had not recorded. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { saveCheckpoint } from '../../src/checkpoint/checkpoint.js';
import { lastStepFile } from '../../src/checkpoint/last-step.js';
import { sampleCheckpoint } from '../checkpoint/samples.js';
import { openRunDirectory } from '../../src/coordinator/run-directory.js';
import { metricsOf, scratch, startRun, startWorkers, testConfig } from './harness.js';

const STEPS = 8;
const config = testConfig({ steps: STEPS });
const LAST = {
  ...{ generation: 3, world: 2, stepsPerEpoch: 2, learningRate: 0.5, skipped: '', skippedRows: [] },
  ...{ losses: { loss: 0.25, loss_global: null }, gradNorm: 2, rows: [0, 1, 2, 3, 4, 5], ranks: [0, 0, 1] },
};

/** What a run of five steps left, of which the last `unrecorded` ones are in no file but the checkpoint's. */
async function leaveRun(unrecorded: number): Promise<{ out: string; checkpoint: string }> {
  const out = scratch();
  const directory = openRunDirectory({ out, configText: '', configJson: JSON.stringify(config), resumeStep: null });
  for (let step = 1; step <= 5 - unrecorded; step++) {
    const times = { pairs_per_second: 1, data_wait: 0, comm_wait: 0 };
    const line = { step, epoch: 0, loss: 1, lr: 1, grad_norm: 1, world: 2, generation: 3, ...times };
    directory.record(line, { rows: LAST.rows, ranks: LAST.ranks });
  }
  directory.close();
  const saved = await saveCheckpoint(out, { ...sampleCheckpoint(5), files: lastStepFile({ step: 5, ...LAST }) });
  return { out, checkpoint: saved.path };
}

async function goOn(out: string, checkpoint: string): Promise<void> {
  const run = await startRun({ config, out, resume: { step: 5, checkpoint } });
  startWorkers(run.address, 2);
  expect(await run.outcome).toMatchObject({ kind: 'finished', step: STEPS });
}

function ledgerOf(out: string): { step: number; micro_batch: number; rank: number; rows: number[] }[] {
  expect(existsSync(join(out, 'ledger.jsonl'))).toBe(true);
  const lines = readFileSync(join(out, 'ledger.jsonl'), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as ReturnType<typeof ledgerOf>[number]);
}

describe('a run that goes on from a checkpoint that no coordinator asked for', () => {
  it.each([0, 1])('has each step once where %i of them was not recorded', async (unrecorded) => {
    const { out, checkpoint } = await leaveRun(unrecorded);
    await goOn(out, checkpoint);
    expect(metricsOf(out).map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(ledgerOf(out).filter(({ step }) => step === 5)).toMatchObject([
      { micro_batch: 0, rank: 0, rows: [0, 1] },
      { micro_batch: 1, rank: 0, rows: [2, 3] },
      { micro_batch: 2, rank: 1, rows: [4, 5] },
    ]);
    if (unrecorded === 0) return;
    const numbers = { loss: 0.25, lr: 0.5, grad_norm: 2, epoch: 2, world: 2, generation: 3, pairs_per_second: 0 };
    expect(metricsOf(out)[4]).toMatchObject({ ...numbers, loss_global: null });
  });

  it('is not made up where more than that is missing', async () => {
    const { out, checkpoint } = await leaveRun(2);
    await goOn(out, checkpoint);
    expect(metricsOf(out).map(({ step }) => step)).toEqual([1, 2, 3, 6, 7, 8]);
  });
});
