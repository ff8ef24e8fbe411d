/** A row of a manifest with its links and the names of their concepts. */
import { MlipError } from '../../core/errors.js';
import { readManifest, type Link } from '../../data/manifest.js';
import { requireUsable } from '../../data/usable.js';
import { builtinGraphPath } from '../../knowledge/builtin.js';
import { createLinker } from '../../knowledge/linker.js';
import { readGraph } from '../../knowledge/read-graph.js';
import { linkReport } from './link-manifest.js';

export interface Inspection {
  manifest: string;
  line: number;
  image: string;
  report: string;
  /** Whether the links are those of the manifest or were found now. */
  source: 'manifest' | 'linker';
  /** `name` where the graph has the concept: links of a manifest may be of another graph. */
  links: (Link & { name?: string | undefined })[];
}

/** @param row which of the usable rows, from 1 */
export async function inspectRow(path: string, row: number, directory?: string): Promise<Inspection> {
  const manifest = await readManifest(path);
  requireUsable(manifest, 1);
  if (row > manifest.rows.length) {
    throw new MlipError('MLIP_E_USAGE', `there is no usable row ${row}`, {
      where: `--row ${row}, ${path}`,
      remedy: `Give a row from 1 to ${manifest.rows.length}.`,
    });
  }
  const { line, imageName, report, links } = manifest.rows[row - 1];
  const graph = await readGraph(directory ?? builtinGraphPath());
  const source = links.length > 0 && directory === undefined ? 'manifest' : 'linker';
  const shown: Link[] = source === 'manifest' ? links : linkReport(createLinker(graph), report);
  const nameOf = (concept: string): string | undefined => graph.concepts[graph.indexOf.get(concept) ?? -1]?.name;
  const named = shown.map((link) => ({ ...link, name: nameOf(link.concept) }));
  return { manifest: path, line, image: imageName, report, source, links: named };
}
