/** Refuses links to concepts that a graph does not have, before a run or a command works with them. */
import { MlipError } from '../core/errors.js';
import type { KnowledgeGraph } from './graph.js';

/** A row of a manifest, as far as its links go. */
export interface LinkedRow {
  /** In the manifest. */
  line: number;
  links: readonly { concept: string }[];
}

const LISTED = 5;

/** @throws MlipError MLIP_E_KNOWLEDGE_LINKS with the first places */
export function requireKnownConcepts(
  manifestPath: string,
  rows: readonly LinkedRow[],
  graph: Pick<KnowledgeGraph, 'indexOf' | 'path'>,
): void {
  const unknown = rows.flatMap(({ line, links }) =>
    links.flatMap(({ concept }, index) => (graph.indexOf.has(concept) ? [] : [{ line, index, concept }])),
  );
  if (unknown.length === 0) return;
  const places = unknown
    .slice(0, LISTED)
    .map(({ line, index, concept }) => `${manifestPath}:${line} links[${index}] ${concept}`);
  const more = unknown.length > LISTED ? ` and ${unknown.length - LISTED} more` : '';
  throw new MlipError(
    'MLIP_E_KNOWLEDGE_LINKS',
    `${unknown.length} links to concepts that ${graph.path} does not have`,
    {
      where: places.join('; ') + more,
      remedy: `Link the manifest again (mlip knowledge link ${manifestPath}), or set knowledge.graph to the graph it was linked with.`,
    },
  );
}
