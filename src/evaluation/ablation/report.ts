/** What an ablation has found so far: OUT/ablation.json, from which it goes on when the command is run again. */
import type { Config } from '../../config/schema.js';
import type { ErrorCode } from '../../core/errors.js';
import type { ProbeReport } from '../evaluate-probe.js';
import type { RetrievalReport } from '../evaluate-retrieval.js';
import type { ZeroShotReport } from '../evaluate-zero-shot.js';
import { summariseRuns, type MetricSummaries, type MetricValues } from './scores.js';
import { settingText } from './settings.js';
import type { Variant } from './variants.js';

/** What all variants have in common; results of another base cannot be compared. */
export interface AblationBase {
  recipe: string;
  /** Relative to OUT where it is inside, else absolute. */
  manifest: string;
  /** The user's file of zero-shot prompts; null for those of mlip. */
  prompts: string | null;
  /** Of `full`; a run's seed takes the place of its own. */
  config: Config;
}

export interface FinishedRun {
  seed: number;
  lossLast: number;
  /** Median over the steps. */
  pairsPerSecond: number;
  metrics: MetricValues;
  retrieval: RetrievalReport;
  /** Null where the manifest has no label that can be scored. */
  zeroShot: ZeroShotReport | null;
  probe: ProbeReport | null;
}

export interface FailedRun {
  seed: number;
  error: { code: ErrorCode; message: string; where?: string | undefined; remedy?: string | undefined };
}

export interface VariantRuns {
  variant: string;
  /** What differs from the recipe, as `--set` takes it. */
  settings: string[];
  summaries: MetricSummaries;
  runs: FinishedRun[];
  failed: FailedRun[];
}

export interface AblationReport {
  kind: 'mlip ablation';
  version: 1;
  base: AblationBase;
  /** In the order of the table; those of earlier commands that this one did not ask for come last. */
  variants: VariantRuns[];
}

export function emptyReport(base: AblationBase): AblationReport {
  return { kind: 'mlip ablation', version: 1, base, variants: [] };
}

/** The report with the variants that are to be trained, those it knows keeping their runs. */
export function withVariants(report: AblationReport, planned: readonly Variant[]): AblationReport {
  const known = (name: string): VariantRuns | undefined => report.variants.find(({ variant }) => variant === name);
  const rest = report.variants.filter(({ variant }) => !planned.some(({ name }) => name === variant));
  const wanted = planned.map(({ name, settings }) => known(name) ?? emptyVariant(name, settings.map(settingText)));
  return { ...report, variants: [...wanted, ...rest] };
}

/** The report with a run of a variant that it has; an earlier run of the same seed gives way. */
export function withRun(report: AblationReport, variant: string, run: FinishedRun | FailedRun): AblationReport {
  const variants = report.variants.map((entry) => (entry.variant === variant ? addRun(entry, run) : entry));
  return { ...report, variants };
}

/** Runs that have scores: they are not trained again. */
export function isFinished({ variants }: AblationReport, variant: string, seed: number): boolean {
  const entry = variants.find((other) => other.variant === variant);
  return entry?.runs.some((run) => run.seed === seed) ?? false;
}

function emptyVariant(variant: string, settings: string[]): VariantRuns {
  return { variant, settings, summaries: summariseRuns([]), runs: [], failed: [] };
}

function addRun(entry: VariantRuns, run: FinishedRun | FailedRun): VariantRuns {
  const others = <Run extends { seed: number }>(runs: readonly Run[]): Run[] =>
    runs.filter(({ seed }) => seed !== run.seed);
  const [runs, failed] = [others(entry.runs), others(entry.failed)];
  if ('error' in run) failed.push(run);
  else runs.push(run);
  for (const list of [runs, failed]) list.sort((a, b) => a.seed - b.seed);
  return { ...entry, runs, failed, summaries: summariseRuns(runs.map(({ metrics }) => metrics)) };
}
