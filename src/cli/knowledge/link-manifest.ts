/** Links the reports of a manifest, and counts what was found. */
import { extname, resolve } from 'node:path';
import { MlipError } from '../../core/errors.js';
import { readManifest, type ManifestRow } from '../../data/manifest.js';
import { relevantRanges } from '../../data/report.js';
import { describeFault, faultyLines, requireUsable } from '../../data/usable.js';
import { writeManifest } from '../../data/write-manifest.js';
import { builtinGraphPath } from '../../knowledge/builtin.js';
import type { KnowledgeGraph } from '../../knowledge/graph.js';
import { createLinker, type Linker, type Mention } from '../../knowledge/linker.js';
import { readGraph } from '../../knowledge/read-graph.js';

export interface LinkingOptions {
  manifest: string;
  /** Directory; the graph that ships by default. */
  graph?: string | undefined;
  out?: string | undefined;
  onProgress?: (done: number, total: number) => void;
}

export interface ConceptCount {
  concept: string;
  name: string;
  mentions: number;
  negated: number;
  uncertain: number;
}

export interface LinkingReport {
  out: string;
  graph: string;
  reports: number;
  /** Reports in which nothing was found. */
  withoutMention: number;
  /** Rows of the manifest that are faulty: they are not in the new one. */
  leftOut: number;
  /** Why, as `file:line field problem`. */
  faults: string[];
  mentions: number;
  negated: number;
  uncertain: number;
  /** Most frequent first. */
  concepts: ConceptCount[];
}

const ROWS_A_TURN = 500;

/** Mentions in the parts of the report that the text encoder reads. */
export function linkReport(linker: Linker, report: string): Mention[] {
  return linker.link(report, { ranges: relevantRanges(report) });
}

/** Links that the manifest had are replaced. */
export async function linkManifest(options: LinkingOptions): Promise<LinkingReport> {
  const { manifest: path, graph: directory = builtinGraphPath(), out = besideOf(path) } = options;
  requireJsonl(out);
  const graph = await readGraph(directory);
  const manifest = await readManifest(path);
  requireUsable(manifest, 1);
  const rows = await linkRows(manifest.rows, createLinker(graph), options.onProgress);
  await writeManifest(out, rows);
  return {
    out,
    graph: resolve(directory),
    reports: rows.length,
    withoutMention: rows.filter(({ links }) => links.length === 0).length,
    leftOut: faultyLines(manifest.faults),
    faults: manifest.faults.map((fault) => describeFault(path, fault)),
    ...countMentions(
      rows.flatMap(({ links }) => links as Mention[]),
      graph,
    ),
  };
}

/** Lets others have a turn now and then: a status line is drawn, an interrupt heard. */
async function linkRows(
  rows: readonly ManifestRow[],
  linker: Linker,
  onProgress: LinkingOptions['onProgress'],
): Promise<ManifestRow[]> {
  const linked: ManifestRow[] = [];
  for (const row of rows) {
    linked.push({ ...row, links: linkReport(linker, row.report) });
    if (linked.length % ROWS_A_TURN !== 0) continue;
    onProgress?.(linked.length, rows.length);
    await new Promise((done) => setImmediate(done));
  }
  return linked;
}

function countMentions(mentions: readonly Mention[], graph: KnowledgeGraph) {
  const counts = new Map<string, ConceptCount>();
  for (const { concept, negated, uncertain } of mentions) {
    const name = graph.concepts[graph.indexOf.get(concept)!].name;
    const count = counts.get(concept) ?? { concept, name, mentions: 0, negated: 0, uncertain: 0 };
    counts.set(concept, count);
    count.mentions += 1;
    count.negated += Number(negated);
    count.uncertain += Number(uncertain);
  }
  return {
    mentions: mentions.length,
    negated: mentions.filter(({ negated }) => negated).length,
    uncertain: mentions.filter(({ uncertain }) => uncertain).length,
    concepts: [...counts.values()].toSorted((a, b) => b.mentions - a.mentions || a.concept.localeCompare(b.concept)),
  };
}

/** `pairs.csv` -> `pairs.linked.jsonl`, so that without --out the input stays as it is. */
function besideOf(manifest: string): string {
  return `${manifest.slice(0, manifest.length - extname(manifest).length)}.linked.jsonl`;
}

function requireJsonl(out: string): void {
  if (['.jsonl', '.ndjson'].includes(extname(out).toLowerCase())) return;
  throw new MlipError('MLIP_E_USAGE', 'manifests are written as JSON lines', {
    where: `--out ${out}`,
    remedy: 'Give a name that ends in .jsonl.',
  });
}
