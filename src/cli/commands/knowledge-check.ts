/** `mlip knowledge check`: every faulty row of a knowledge graph, and what it holds. */
import { Command } from 'commander';
import { EXIT } from '../../core/errors.js';
import { builtinGraphPath } from '../../knowledge/builtin.js';
import type { GraphReport } from '../../knowledge/check-graph.js';
import { describeGraphFault, type GraphFault } from '../../knowledge/graph-faults.js';
import { addExamples } from '../options.js';
import { answer, answerJson } from '../terminal.js';

interface CheckOptions {
  graph?: string;
  json?: boolean;
}

export function knowledgeCheckCommand(): Command {
  const command = new Command('check')
    .description('count what a graph holds and list its faulty rows; ends with status 3 if there is one')
    .option('--graph <dir>', 'directory of concepts.tsv and triples.tsv; the graph of mlip by default')
    .option('--json', 'print the report as one JSON object')
    .action(check);
  return addExamples(command, 'mlip knowledge check', 'mlip knowledge check --graph my-graph --json | jq .faults');
}

async function check({ graph = builtinGraphPath(), json }: CheckOptions): Promise<void> {
  const { checkGraph } = await import('../../knowledge/check-graph.js');
  const report = await checkGraph(graph);
  if (json) answerJson(report);
  else answer(describe(report));
  if (report.faultCount > 0) process.exitCode = EXIT.badInput;
}

function describe(report: GraphReport): string {
  const list = (counts: Record<string, number>): string =>
    Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ') || 'none';
  return [
    ...lines('fault  ', report.faults, report.faultCount),
    ...lines('warning', report.warnings, report.warningCount),
    `concepts   ${report.concepts}: ${list(report.types)}`,
    `synonyms   ${report.synonyms}`,
    `triples    ${report.triples}: ${list(report.relations)}`,
    `faults     ${report.faultCount}; names that two concepts share: ${report.warningCount}`,
  ].join('\n');
}

function lines(label: string, faults: readonly GraphFault[], count: number): string[] {
  const shown = faults.map((fault) => `${label}  ${describeGraphFault(fault)}`);
  return count > faults.length ? [...shown, `${label}  and ${count - faults.length} more`] : shown;
}
