/**
 * A step that workers have applied, and saved, after their coordinator had died: the one that goes on from there records it, so
 * that metrics.jsonl and the ledger have all steps.
 */
import { type LastStep, readLastStep } from '../checkpoint/last-step.js';
import type { StepReport } from './events.js';
import { metricsLine } from './metrics-line.js';
import { type RunDirectory, lastStepIn } from './run-directory.js';
import type { RunSettings } from './state.js';

/** Whether it was missing, and is recorded now; not where more than the newest step of the checkpoint is missing. */
export async function recordLastStep(
  checkpoint: { step: number; path: string },
  directory: RunDirectory,
  settings: RunSettings,
): Promise<boolean> {
  const { step, path } = checkpoint;
  if (lastStepIn(settings.out) !== step - 1) return false;
  const last = await readLastStep(path);
  if (last?.step !== step) return false;
  const { generation, world, stepsPerEpoch } = last;
  const report = reportOf(last);
  // How long it took nobody knows any more.
  const line = metricsLine(
    { settings, step: step - 1, stepsPerEpoch, opened: { atMs: 0, generation, world } },
    report,
    [],
    Infinity,
  );
  directory.record(line, report.account);
  return true;
}

function reportOf({ losses, learningRate, gradNorm, rows, ranks, skipped, skippedRows }: LastStep): StepReport {
  return {
    losses: Object.fromEntries(Object.entries(losses).map(([name, value]) => [name, value ?? NaN])),
    ...{ learningRate, gradNorm: gradNorm ?? NaN },
    account: rows.length === 0 ? null : { rows, ranks },
    skipped: skipped === '' ? null : { reason: skipped, rows: skippedRows },
  };
}
