/** Links to concepts that a graph does not have. */
import { expect, it } from 'vitest';
import { requireKnownConcepts } from '../../src/knowledge/known-concepts.js';

const graph = { path: 'graphs/chest', indexOf: new Map([['mass', 0]]) };
const manifest = (concept: string) => ({
  path: 'pairs.jsonl',
  rows: [
    { line: 1, links: [] },
    { line: 4, links: [{ concept: 'mass' }, { concept }] },
  ],
});

it('lets links to concepts of the graph pass', () => {
  expect(() => requireKnownConcepts(manifest('mass'), graph)).not.toThrow();
});

it('names the line, the link, the concept and what to do', () => {
  expect(() => requireKnownConcepts(manifest('C0032285'), graph)).toThrow(
    expect.objectContaining({
      code: 'MLIP_E_KNOWLEDGE_LINKS',
      message: expect.stringContaining('"C0032285"') as string,
      where: 'pairs.jsonl:4 links.1.concept; graph graphs/chest',
      remedy: expect.stringContaining('mlip knowledge link pairs.jsonl --graph graphs/chest') as string,
    }),
  );
});
