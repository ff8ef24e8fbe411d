/** Links of a manifest against a graph: both must speak of the same concepts. */
import { MlipError } from '../core/errors.js';
import type { KnowledgeGraph } from './graph.js';

/** What is looked at of a manifest. */
interface LinkedManifest {
  path: string;
  rows: readonly { line: number; links: readonly { concept: string }[] }[];
}

/** @throws MlipError MLIP_E_KNOWLEDGE_LINKS at the first link whose concept the graph does not have */
export function requireKnownConcepts(manifest: LinkedManifest, graph: Pick<KnowledgeGraph, 'path' | 'indexOf'>): void {
  for (const { line, links } of manifest.rows) {
    const unknown = links.findIndex(({ concept }) => !graph.indexOf.has(concept));
    if (unknown < 0) continue;
    const concept = JSON.stringify(links[unknown].concept);
    throw new MlipError('MLIP_E_KNOWLEDGE_LINKS', `a report is linked to ${concept}, which the graph does not have`, {
      where: `${manifest.path}:${line} links.${unknown}.concept; graph ${graph.path}`,
      remedy:
        `Name the graph that the links were made with, or link the reports anew: ` +
        `mlip knowledge link ${manifest.path} --graph ${graph.path}.`,
    });
  }
}
