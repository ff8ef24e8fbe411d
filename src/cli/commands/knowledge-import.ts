/** `mlip knowledge import umls` and `mlip knowledge import embeddings`: graphs and embeddings from elsewhere. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { builtinGraphPath } from '../../knowledge/builtin.js';
import { DEFAULT_TYPES } from '../../knowledge/umls/semantic-types.js';
import type { UmlsSummary } from '../../knowledge/umls/import-umls.js';
import { addExamples } from '../options.js';
import { createStatusLine } from '../status-line.js';
import { answer, answerJson } from '../terminal.js';

export function knowledgeImportCommand(): Command {
  return new Command('import')
    .description('take in a graph or embeddings from elsewhere')
    .addCommand(umlsCommand())
    .addCommand(embeddingsCommand());
}

interface UmlsCommandOptions {
  out: string;
  force: boolean;
  types: string[] | undefined;
  sources?: string[];
  language: string;
  relations?: string[];
  json?: boolean;
}

function umlsCommand(): Command {
  const command = new Command('umls')
    .description('make a graph of MRCONSO.RRF, MRSTY.RRF and MRREL.RRF of a UMLS release, for which you need a licence')
    .argument('<dir>', 'directory of the .RRF files: META of a release')
    .requiredOption('--out <dir>', 'directory of the graph to write; absent or empty')
    .option('--force', 'replace a graph that is there', false)
    .addOption(
      new Option('--types <tui,...>', 'semantic types of the concepts to keep, or all')
        .argParser(parseTypes)
        .default(DEFAULT_TYPES, DEFAULT_TYPES.join(',')),
    )
    .option('--sources <sab,...>', 'sources of the names and relations to keep; all by default', parseList)
    .option('--language <lat>', 'language of the names to keep', 'ENG')
    .option('--relations <name,...>', 'relations to keep, as triples.tsv names them; all by default', parseList)
    .option('--json', 'print what was read and written as one JSON object')
    .action(importRelease);
  return addExamples(
    command,
    'mlip knowledge import umls umls/2024AA/META --out umls-graph',
    'mlip knowledge import umls META --out G --types T047,T033 --sources SNOMEDCT_US --relations is_a,part_of',
  );
}

function parseList(text: string): string[] {
  const items = text.split(',').map((item) => item.trim());
  if (items.includes('')) throw new InvalidArgumentError('It must be names with commas between them.');
  return items;
}

/** Undefined means all. */
function parseTypes(text: string): string[] | undefined {
  if (text === 'all') return undefined;
  const types = parseList(text);
  const bad = types.find((type) => !/^T\d{3}$/.test(type));
  if (bad === undefined) return types;
  throw new InvalidArgumentError(`${bad} is no semantic type: T and three digits, for example T047; or all.`);
}

async function importRelease(directory: string, { json, ...options }: UmlsCommandOptions): Promise<void> {
  const { importUmls } = await import('../../knowledge/umls/import-umls.js');
  const status = createStatusLine();
  const onProgress = (file: string, bytes: number, total: number): void =>
    status.show(`reading ${file}: ${Math.round((100 * bytes) / total)} % of ${Math.round(total / 2 ** 20)} MiB`);
  const summary = await importUmls({
    sources: undefined,
    relations: undefined,
    ...options,
    directory,
    onProgress,
  }).finally(status.end);
  if (json) answerJson(summary);
  else answer(describe(summary));
}

function describe(summary: UmlsSummary): string {
  const list = (counts: Record<string, number>): string =>
    Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ') || 'none';
  return [
    `${summary.out}: ${summary.concepts} concepts with ${summary.synonyms} synonyms, ${summary.triples} triples`,
    `rows read  ${list(summary.rows)}`,
    `relations  ${list(summary.relations)}`,
    `left out   suppressed names ${summary.suppressedNames}; triples that close a cycle: ${list(summary.cycleTriples)}`,
  ].join('\n');
}

interface EmbeddingsCommandOptions {
  graph?: string;
  out: string;
  json?: boolean;
}

function embeddingsCommand(): Command {
  const command = new Command('embeddings')
    .description('make a file of concept embeddings for a graph from embeddings that were trained elsewhere')
    .argument('<file>', '.safetensors with a tensor concepts and the metadata ids, or .tsv: id, tab, numbers')
    .requiredOption('--out <file>', '.safetensors to write')
    .option('--graph <dir>', 'directory of the graph; that of mlip by default')
    .option('--json', 'print {out, concepts, width, others} as one JSON object')
    .action(importForeign);
  return addExamples(
    command,
    'mlip knowledge import embeddings cui2vec.tsv --graph umls-graph --out umls-graph/embeddings.safetensors',
  );
}

async function importForeign(file: string, options: EmbeddingsCommandOptions): Promise<void> {
  const { importEmbeddings } = await import('../../knowledge/import-embeddings.js');
  const summary = await importEmbeddings(file, options.graph ?? builtinGraphPath(), options.out);
  if (options.json) return answerJson(summary);
  const { out, concepts, width, others } = summary;
  answer(`${out}: ${concepts} concepts of width ${width}; concepts that the graph has not: ${others}`);
}
