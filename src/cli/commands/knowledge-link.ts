/** `mlip knowledge link`: finds the concepts of a graph in the reports of a manifest. */
import { Command } from 'commander';
import type { LinkingReport } from '../knowledge/link-manifest.js';
import { addExamples } from '../options.js';
import { createStatusLine } from '../status-line.js';
import { answer, answerJson, say } from '../terminal.js';

interface LinkOptions {
  graph?: string;
  out?: string;
  json?: boolean;
}

const SHOWN_CONCEPTS = 15;
const SHOWN_FAULTS = 5;

export function knowledgeLinkCommand(): Command {
  const command = new Command('link')
    .description(
      'write a manifest with links: where impression and findings mention a concept of the graph, and whether they deny ' +
        'it or leave it open. Links that the manifest has are replaced; faulty rows and fields that mlip does not know ' +
        'are left out',
    )
    .argument('<manifest>', 'JSONL or CSV')
    .option(
      '--graph <dir>',
      'directory with concepts.tsv and triples.tsv (default: the chest radiography graph of mlip)',
    )
    .option('--out <file>', 'JSONL to write, may be the manifest itself (default: MANIFEST with .linked.jsonl)')
    .option('--json', 'print the counts as one JSON object')
    .action(link);
  return addExamples(
    command,
    'mlip knowledge link pairs.jsonl',
    'mlip knowledge link pairs.csv --graph umls/graph --out linked.jsonl',
    'mlip knowledge link pairs.jsonl --json | jq .concepts[0]',
  );
}

async function link(manifest: string, { graph, out, json }: LinkOptions): Promise<void> {
  const { linkManifest } = await import('../knowledge/link-manifest.js');
  const status = createStatusLine();
  const onProgress = (done: number, total: number): void => status.show(`${done} of ${total} reports`);
  const report = await linkManifest({ manifest, graph, out, onProgress }).finally(status.end);
  for (const fault of report.faults.slice(0, SHOWN_FAULTS)) say(`left out: ${fault}`);
  if (json) answerJson(report);
  else answer(describe(report));
}

function describe(report: LinkingReport): string {
  const { reports, withoutMention, leftOut, mentions, negated, uncertain } = report;
  const width = Math.max(0, ...report.concepts.slice(0, SHOWN_CONCEPTS).map(({ name }) => name.length));
  return [
    `${report.out}: ${reports} reports, ${withoutMention} of them without a mention`,
    ...(leftOut > 0 ? [`${leftOut} faulty rows are left out; mlip data check lists them`] : []),
    `${mentions} mentions, ${negated} of them negated, ${uncertain} uncertain`,
    ...report.concepts
      .slice(0, SHOWN_CONCEPTS)
      .map(
        (count) =>
          `  ${count.name.padEnd(width)}  ${count.mentions} (${count.negated} negated, ${count.uncertain} uncertain)`,
      ),
  ].join('\n');
}
