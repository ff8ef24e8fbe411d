/** A report as a table for people. */
import type { Report, Result } from './benchmark.js';
import { formatColumns } from '../src/core/columns.js';

export function formatReport(report: Report): string {
  const { machine } = report;
  const versions = Object.entries(report.versions).map(([name, version]) => `${name} ${version}`);
  return [
    `${report.name}: ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, load ${machine.loadBefore}`,
    versions.join(', '),
    '',
    ...formatResults(report.results),
    '',
    ...report.notes,
  ].join('\n');
}

function formatResults(results: readonly Result[]): string[] {
  const rows = [
    ['case', 'ours', 'theirs', 'unit', 'ratio', 'goal', ''],
    ...results.map((result) => [
      result.case,
      result.ours.toFixed(0),
      result.theirs.toFixed(0),
      result.unit,
      result.ratio.toFixed(2),
      result.goal.toFixed(2),
      result.met ? 'met' : 'NOT MET',
    ]),
  ];
  return formatColumns(rows);
}
