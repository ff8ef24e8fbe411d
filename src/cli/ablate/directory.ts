/**
 * The output directory of an ablation: ablation.json, written first and after each run, the same as a table (ablation.md)
 * and a chart (ablation.svg), and the runs themselves in OUT/runs/VARIANT-seed-N.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { openLocked, writeWhole, writing } from '../../coordinator/output-directory.js';
import { MlipError } from '../../core/errors.js';
import { ablationChart } from '../../evaluation/ablation/chart.js';
import { emptyReport, type AblationBase, type AblationReport } from '../../evaluation/ablation/report.js';
import { differences } from '../../evaluation/ablation/same-base.js';
import { describeTable } from './text.js';

const REPORT_FILE = 'ablation.json';
const RUNS = 'runs';

export interface AblationDirectory {
  /** What earlier commands have found. */
  report: AblationReport;
  write: (report: AblationReport) => void;
  /** Where a run is kept: in a directory of its own. */
  runPath: (variant: string, seed: number) => string;
  close: () => void;
}

/**
 * Locks the directory and claims it.
 *
 * @throws MLIP_E_OUT_OTHER_RUN where it holds anything else, MLIP_E_OUT_LOCKED, MLIP_E_OUT_WRITE
 */
export function openAblation(out: string, base: AblationBase): AblationDirectory {
  return openLocked(out, (unlock) => claim(out, base, unlock));
}

function claim(out: string, base: AblationBase, unlock: () => void): AblationDirectory {
  const report = readEarlier(out, base) ?? emptyReport(base);
  writeAll(out, report);
  return {
    report,
    write: (changed) => writing(out, () => writeAll(out, changed)),
    runPath: (variant, seed) => join(out, RUNS, runName(variant, seed)),
    close: unlock,
  };
}

/** Of the run's directory, and of its prefix in checkpoint.destination. */
export function runName(variant: string, seed: number): string {
  return `${variant.replace(/^-/, 'without-')}-seed-${seed}`;
}

/** The report that is there; undefined where nothing has been trained yet. */
function readEarlier(out: string, base: AblationBase): AblationReport | undefined {
  const names = readdirSync(out).filter((name) => !name.startsWith('coordinator.lock'));
  if (names.length === 0) return undefined;
  if (!names.includes(REPORT_FILE)) throw otherRun(out, 'the output directory holds something else than an ablation');
  const report = parseReport(join(out, REPORT_FILE));
  // An ablation that ended before its first run may have been corrected since.
  if (!existsSync(join(out, RUNS))) return undefined;
  const differing = differences(base, report.base);
  if (differing.length === 0) return report;
  throw otherRun(out, `the output directory holds another ablation: ${differing.join('; ')}`);
}

const headSchema = z.looseObject({ kind: z.literal('mlip ablation'), version: z.literal(1), base: z.looseObject({}) });

function parseReport(path: string): AblationReport {
  try {
    const report = JSON.parse(readFileSync(path, 'utf8')) as unknown;
    headSchema.parse(report);
    return report as AblationReport;
  } catch {
    throw otherRun(path, 'the file is no report of an ablation by this version of mlip');
  }
}

function otherRun(where: string, message: string): MlipError {
  const remedy = 'Choose another --out, or give the options of that ablation to go on with it.';
  return new MlipError('MLIP_E_OUT_OTHER_RUN', message, { where, remedy });
}

function writeAll(out: string, report: AblationReport): void {
  writeWhole(join(out, REPORT_FILE), `${JSON.stringify(report, null, 2)}\n`);
  if (report.variants.length === 0) return;
  writeWhole(join(out, 'ablation.md'), `${describeTable(report)}\n`);
  writeWhole(join(out, 'ablation.svg'), ablationChart(report.variants));
}
