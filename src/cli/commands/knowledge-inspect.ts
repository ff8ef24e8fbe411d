/** `mlip knowledge inspect`: a report with its links. */
import { Command } from 'commander';
import { formatColumns } from '../../core/columns.js';
import type { Inspection } from '../knowledge/inspect-row.js';
import { addExamples, parsePositive } from '../options.js';
import { answer, answerColours, answerJson } from '../terminal.js';

interface InspectOptions {
  row: number;
  graph?: string;
  json?: boolean;
}

export function knowledgeInspectCommand(): Command {
  const command = new Command('inspect')
    .description(
      'show a report with its links, in colours on a terminal, else with marks: the links of the manifest, or where it ' +
        'has none, or with --graph, those that the linker finds',
    )
    .argument('<manifest>', 'JSONL or CSV')
    .option('--row <n>', 'which of the usable rows, from 1', parsePositive, 1)
    .option('--graph <dir>', 'link with this graph now')
    .option('--json', 'print the row and its links as one JSON object')
    .action(inspect);
  return addExamples(
    command,
    'mlip knowledge inspect pairs.jsonl',
    'mlip knowledge inspect pairs.linked.jsonl --row 12',
    'mlip knowledge inspect pairs.jsonl --row 12 --json | jq .links',
  );
}

async function inspect(manifest: string, { row, graph, json }: InspectOptions): Promise<void> {
  const { inspectRow } = await import('../knowledge/inspect-row.js');
  const inspection = await inspectRow(manifest, row, graph);
  if (json) {
    answerJson(inspection);
    return;
  }
  const { legend, paintLinks } = await import('../knowledge/paint-links.js');
  const painted = paintLinks(inspection.report, inspection.links, answerColours);
  answer([headline(inspection), legend(answerColours), '', painted, '', ...(await table(inspection))].join('\n'));
}

function headline({ manifest, line, image, links, source }: Inspection): string {
  const origin = source === 'manifest' ? 'of the manifest' : 'found now';
  return `${manifest}:${line} ${image}, ${links.length} links ${origin}`;
}

async function table({ links }: Inspection): Promise<string[]> {
  const { stateOf } = await import('../knowledge/paint-links.js');
  const rows = links.map((link) => [`${link.start}-${link.end}`, stateOf(link), link.concept, link.name ?? '']);
  return formatColumns(rows);
}
