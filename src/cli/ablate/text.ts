/** The result of an ablation for people. */
import type { AblationReport, VariantRuns } from '../../evaluation/ablation/report.js';
import { METRIC_NAMES, METRICS, type MetricValues } from '../../evaluation/ablation/scores.js';
import { ablationTable, metricText } from '../../evaluation/ablation/table.js';

/** Markdown: what was compared, the table, what failed. */
export function describeTable({ base, variants }: AblationReport): string {
  const pairs = variants.flatMap(({ runs }) => runs).at(0)?.retrieval.pairs;
  const scored =
    pairs === undefined ? '' : `; retrieval among ${pairs} pairs, chance R@1 ${(100 / pairs).toFixed(1)} %`;
  return [
    `Ablation of ${base.recipe} on ${base.manifest}: mean ± standard deviation over the seeds${scored}; AUROC is the mean over the labels, chance 0.5.`,
    ablationTable(variants),
    variants.flatMap(describeSettings).join('\n'),
    variants.flatMap(describeFailures).join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

const LONGEST_LINE = 300;

export function describeClosing(report: AblationReport, out: string): string {
  return `${describeTable(report)}\n\n${out}: ablation.json, ablation.md, ablation.svg`;
}

/** A run's scores in a line. */
export function describeScores(values: MetricValues): string {
  return METRICS.map((metric) => `${METRIC_NAMES[metric]} ${metricText(metric, values[metric])}`).join('  ');
}

function describeSettings({ variant, settings }: VariantRuns): string[] {
  return settings.length === 0 ? [] : [`- \`${variant}\`: ${settings.join(', ')}`];
}

function describeFailures({ variant, failed }: VariantRuns): string[] {
  return failed.map(
    ({ seed, error }) =>
      `- \`${variant}\`, seed ${seed} failed: ${error.code}: ${firstLine(error.message)}${error.where === undefined ? '' : ` (${error.where})`}`,
  );
}

/** Errors of TensorFlow may go on for pages; the report has the whole. */
export function firstLine(message: string): string {
  return message.split('\n')[0].slice(0, LONGEST_LINE).trimEnd();
}
