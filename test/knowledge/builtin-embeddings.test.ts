/** The embeddings that ship with mlip are those of its graph: `mlip knowledge train` renews them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { builtinGraphPath, embeddingsPathOf } from '../../src/knowledge/builtin.js';
import { checkGraph } from '../../src/knowledge/check-graph.js';
import { readConceptEmbeddings } from '../../src/knowledge/embeddings.js';
import { neighboursOf } from '../../src/knowledge/neighbours.js';
import { readGraph } from '../../src/knowledge/read-graph.js';
import { trainEmbeddings } from '../../src/knowledge/train-embeddings.js';
import { TRANSE_DEFAULTS } from '../../src/knowledge/transe-options.js';
import { temporaryDirectory } from './graph-files.js';

const shipped = embeddingsPathOf(builtinGraphPath());

it('the graph has no faults and no name twice', async () => {
  expect(await checkGraph(builtinGraphPath())).toMatchObject({ faults: [], warnings: [] });
});

it('the embeddings are to the bit what the command trains', async () => {
  const out = join(temporaryDirectory(), 'e.safetensors');
  await trainEmbeddings({ ...TRANSE_DEFAULTS, graph: builtinGraphPath(), out, holdout: 0 });
  expect(readFileSync(shipped).equals(readFileSync(out)), 'renew them: mlip knowledge train').toBe(true);
});

it.each([
  ['pneumothorax', 'tension_pneumothorax'],
  ['lung_nodule', 'nodular_opacity'],
  ['endotracheal_tube', 'tracheostomy'],
  ['aorta', 'aortic_arch'],
  ['emphysema', 'copd'],
])('%s has %s among its ten neighbours', async (id, expected) => {
  const graph = await readGraph(builtinGraphPath());
  const embeddings = await readConceptEmbeddings(shipped, graph, TRANSE_DEFAULTS.width);
  const near = neighboursOf(graph, embeddings, graph.indexOf.get(id)!, 10);
  expect(near.map((neighbour) => neighbour.id)).toContain(expected);
});
