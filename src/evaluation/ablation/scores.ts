/** What an ablation compares, for each run and over the seeds of a variant. */
import type { LabelScores } from '../label-scores.js';
import type { RetrievalScore } from '../retrieval.js';

export const METRICS = ['retrievalR1', 'retrievalR10', 'zeroShotAuroc', 'probeAuroc'] as const;
export type Metric = (typeof METRICS)[number];

export const METRIC_NAMES: Record<Metric, string> = {
  retrievalR1: 'retrieval R@1',
  retrievalR10: 'retrieval R@10',
  zeroShotAuroc: 'zero-shot AUROC',
  probeAuroc: 'linear probe AUROC',
};

/** Shares from 0 to 1; null where the manifest has no labels that could be scored. */
export type MetricValues = Record<Metric, number | null>;

export interface Summary {
  mean: number;
  /** Standard deviation over the seeds, divided by n - 1; null for one seed. */
  deviation: number | null;
  /** Of each seed. */
  values: number[];
}

/** Null where no run of the variant has the metric. */
export type MetricSummaries = Record<Metric, Summary | null>;

/** Recall is the mean of both directions, image to report and report to image. */
export function metricsOf(
  { imageToReport, reportToImage }: RetrievalScore,
  zeroShot: LabelScores | null,
  probe: LabelScores | null,
): MetricValues {
  return {
    retrievalR1: (imageToReport.r1 + reportToImage.r1) / 2,
    retrievalR10: (imageToReport.r10 + reportToImage.r10) / 2,
    zeroShotAuroc: zeroShot && zeroShot.macroAuroc,
    probeAuroc: probe && probe.macroAuroc,
  };
}

export function summariseRuns(runs: readonly MetricValues[]): MetricSummaries {
  const of = (metric: Metric): Summary | null =>
    summarise(runs.flatMap((values) => (values[metric] === null ? [] : [values[metric]])));
  return Object.fromEntries(METRICS.map((metric) => [metric, of(metric)])) as MetricSummaries;
}

function summarise(values: number[]): Summary | null {
  if (values.length === 0) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: values.length === 1 ? null : Math.sqrt(squares / (values.length - 1)), values };
}
