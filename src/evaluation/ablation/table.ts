/** The table of an ablation in Markdown. */
import { METRIC_NAMES, METRICS, type Metric, type MetricSummaries, type Summary } from './scores.js';

export interface AblationRow {
  variant: string;
  summaries: MetricSummaries;
}

/** Mean ± standard deviation over the seeds, retrieval in percent. */
export function ablationTable(rows: readonly AblationRow[]): string {
  const cells = (row: AblationRow): string[] => [
    `\`${row.variant}\``,
    String(Math.max(0, ...METRICS.map((metric) => row.summaries[metric]?.values.length ?? 0))),
    ...METRICS.map((metric) => summaryText(metric, row.summaries[metric])),
  ];
  const head = ['variant', 'seeds', ...METRICS.map((metric) => METRIC_NAMES[metric])];
  const rule = head.map((_, at) => (at === 0 ? '---' : '---:'));
  return [head, rule, ...rows.map(cells)].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** `6.6 ± 0.4 %`, `0.712 ± 0.010`; without a spread for one seed, `-` for none. */
export function summaryText(metric: Metric, summary: Summary | null): string {
  if (summary === null || summary.deviation === null) return metricText(metric, summary && summary.mean);
  const { mean, deviation } = summary;
  return isShare(metric)
    ? `${(mean * 100).toFixed(1)} ± ${(deviation * 100).toFixed(1)} %`
    : `${mean.toFixed(3)} ± ${deviation.toFixed(3)}`;
}

/** `6.6 %`, `0.712`, `-`. */
export function metricText(metric: Metric, value: number | null): string {
  if (value === null) return '-';
  return isShare(metric) ? `${(value * 100).toFixed(1)} %` : value.toFixed(3);
}

/** Retrieval is a share of queries and read in percent; an AUROC is not. */
export function isShare(metric: Metric): boolean {
  return metric === 'retrievalR1' || metric === 'retrievalR10';
}
