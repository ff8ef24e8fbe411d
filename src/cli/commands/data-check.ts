/** `mlip data check`: every faulty row of a manifest, and what the usable ones hold. */
import { Command } from 'commander';
import { resolveConfig } from '../../config/load.js';
import { EXIT } from '../../core/errors.js';
import type { CheckReport } from '../../data/check.js';
import type { Summary } from '../../data/summary.js';
import { addExamples } from '../options.js';
import { createStatusLine } from '../status-line.js';
import { answer, answerJson } from '../terminal.js';

interface CheckOptions {
  config: string;
  json?: boolean;
}

export function dataCheckCommand(): Command {
  const command = new Command('check')
    .description('list every faulty row of a manifest, images included; ends with status 3 if there is one')
    .argument('<manifest>', 'JSONL or CSV')
    .option('--config <recipe|file>', 'whose data.resize and data.maxPixels hold', 'mlip-nano')
    .option('--json', 'print the report as one JSON object')
    .action(check);
  return addExamples(command, 'mlip data check pairs.jsonl', 'mlip data check pairs.jsonl --json | jq .faults');
}

async function check(path: string, options: CheckOptions): Promise<void> {
  const { checkManifest } = await import('../../data/check.js');
  const { describeFault } = await import('../../data/usable.js');
  const { data } = resolveConfig({ recipeOrFile: options.config, env: process.env }).config;
  const status = createStatusLine();
  const onProgress = (done: number, total: number): void => status.show(`${done} of ${total} images`);
  const report = await checkManifest(path, { data, onProgress }).finally(status.end);
  if (options.json) answerJson(report);
  else answer(describe(report, (fault) => describeFault(path, fault)));
  if (report.faults.length > 0) process.exitCode = EXIT.badInput;
}

function describe(report: CheckReport, faultLine: (fault: CheckReport['faults'][number]) => string): string {
  const { splits, labels, views } = report;
  const list = (counts: Record<string, number>): string =>
    Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ') || 'none';
  return [
    ...report.faults.map((fault) => `fault    ${faultLine(fault)}`),
    ...report.warnings.map((warning) => `warning  ${faultLine(warning)}`),
    `${report.usable} of ${report.rows} rows are usable`,
    `splits   ${list(splits)}`,
    `labels   ${list(labels)}`,
    `views    ${list(views)}`,
    `studies  ${report.studies}; reports that repeat another: ${report.repeatedReports}`,
    `words of a report  ${summary(report.reportWords)}`,
    `width in pixels    ${summary(report.imageWidth)}`,
    `height in pixels   ${summary(report.imageHeight)}`,
  ].join('\n');
}

function summary({ min, median, p95, max }: Summary): string {
  return `min ${min}, median ${median}, 95 % ${p95}, max ${max}`;
}
