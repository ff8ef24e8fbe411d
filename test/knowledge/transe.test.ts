/** TransE: what it learns, and that it learns the same each time. */
import { beforeAll, describe, expect, it } from 'vitest';
import { random } from '../../src/core/random.js';
import { corrupt } from '../../src/knowledge/corruption.js';
import type { KnowledgeGraph } from '../../src/knowledge/graph.js';
import { predictLinks } from '../../src/knowledge/link-prediction.js';
import { neighboursOf } from '../../src/knowledge/neighbours.js';
import { readGraph } from '../../src/knowledge/read-graph.js';
import { distance, trainTransE, type TransEModel } from '../../src/knowledge/transe.js';
import { TRANSE_DEFAULTS, type TransEOptions } from '../../src/knowledge/transe-options.js';
import { tripleIndices, type TripleIndices } from '../../src/knowledge/triple-indices.js';
import { writeGraph, writeToyGraph } from './graph-files.js';

const OPTIONS: TransEOptions = { ...TRANSE_DEFAULTS, width: 64, margin: 3, epochs: 300 };

function train(
  indices: TripleIndices,
  options: TransEOptions,
  triples = Uint32Array.from(indices.heads.keys()),
): { model: TransEModel; losses: number[] } {
  const losses: number[] = [];
  const steps = trainTransE(indices, triples, options);
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return { model: step.value, losses };
    losses.push(step.value.loss);
  }
}

let graph: KnowledgeGraph;
let indices: TripleIndices;
beforeAll(async () => {
  graph = await readGraph(writeToyGraph());
  indices = tripleIndices(graph);
});

describe('trainTransE', () => {
  it('gives the same bits for the same seed, and others for another', () => {
    const bits = (seed: number): Buffer =>
      Buffer.from(train(indices, { ...OPTIONS, epochs: 5, seed }).model.concepts.data.buffer);
    expect(bits(3).equals(bits(3))).toBe(true);
    expect(bits(3).equals(bits(4))).toBe(false);
  });

  it('lowers the loss, and leaves concepts at length 1', () => {
    const { model, losses } = train(indices, OPTIONS);
    expect(losses[0]).toBeGreaterThan(1);
    expect(losses[losses.length - 1]).toBeLessThan(0.05);
    const [, width] = model.concepts.shape;
    for (const [index, { id }] of graph.concepts.entries()) {
      const length = Math.hypot(...model.concepts.data.subarray(index * width, (index + 1) * width));
      expect(length, id).toBeCloseTo(1, 5);
    }
  });

  it('recovers the structure of a graph: each finding lies among its own group', () => {
    const { model } = train(indices, OPTIONS);
    const findings = graph.concepts.flatMap(({ id }, index) => (id.startsWith('finding') ? [{ id, index }] : []));
    const groupOf = (id: string): string => id.split('_')[0];
    const ofGroup = findings.map(({ id, index }) => {
      const all = neighboursOf(graph, model.concepts, index, graph.concepts.length);
      const near = all.filter((other) => other.id.startsWith('finding')).slice(0, 5);
      return near.filter((other) => groupOf(other.id) === groupOf(id)).length;
    });
    // By chance 5 of 23 others, so 1.1 of the nearest five.
    expect(ofGroup).toHaveLength(24);
    expect(Math.min(...ofGroup)).toBeGreaterThanOrEqual(4);
    expect(predictLinks(model, indices, Uint32Array.from(indices.heads.keys())).hitsAt10).toBe(1);
  });

  it('predicts triples that it has not seen', () => {
    // Every sixth finding's place is held out: its kind and the others of that kind give it away.
    const held = Uint32Array.from([...indices.heads.keys()].filter((triple) => triple % 12 === 1));
    const seen = Uint32Array.from([...indices.heads.keys()].filter((triple) => triple % 12 !== 1));
    const { model } = train(indices, OPTIONS, seen);
    const places = [0, 1, 2, 3].map((group) => graph.indexOf.get(`place${group}`)!);
    const nearest = [...held].map((triple) => {
      const to = (place: number): number => distance(model, indices.heads[triple], indices.relationOf[triple], place);
      return places.reduce((a, b) => (to(b) < to(a) ? b : a));
    });
    expect(nearest).toEqual([...held].map((triple) => indices.tails[triple]));
  });
});

describe('corrupt', () => {
  it('never gives a true triple, and changes the head as often as the tail', () => {
    let heads = 0;
    const draw = random(1, 'test');
    for (let tried = 0; tried < 4000; tried++) {
      const triple = tried % indices.heads.length;
      const { head, tail } = corrupt(indices, triple, draw)!;
      expect(indices.isTrue(head, indices.relationOf[triple], tail)).toBe(false);
      expect(head).not.toBe(tail);
      expect(Number(head !== indices.heads[triple]) + Number(tail !== indices.tails[triple])).toBe(1);
      heads += Number(head !== indices.heads[triple]);
    }
    expect(heads / 4000).toBeGreaterThan(0.4);
    expect(heads / 4000).toBeLessThan(0.6);
  });

  it('gives nothing where every replacement would be true', async () => {
    const everything = ['a\tr\tb', 'b\tr\ta'];
    const full = tripleIndices(await readGraph(writeGraph(['a\tt\ta\t', 'b\tt\tb\t'], everything)));
    expect(corrupt(full, 0, random(1, 'test'))).toBeUndefined();
  });
});

describe('predictLinks', () => {
  it('ranks as a worked example does: other true answers do not count, equals count half', async () => {
    const concepts = ['a', 'b', 'c', 'd'].map((id) => `${id}\tt\t${id}\t`);
    const small = tripleIndices(await readGraph(writeGraph(concepts, ['a\tr\tb', 'a\tr\tc'])));
    // On a line: a 0, b 3, c 2, d 2; the relation leads from 0 to 2.
    const model: TransEModel = {
      concepts: { shape: [4, 1], data: Float32Array.from([0, 3, 2, 2]) },
      relations: { shape: [1, 1], data: Float32Array.from([2]) },
    };
    // Tail b at distance 1: d is nearer (0), c is true and so left out: rank 2. Head a at distance 1 from b: c and d at
    // distance 1 as well: rank 1 + 2 / 2 = 2.
    expect(predictLinks(model, small, Uint32Array.of(0))).toEqual({
      triples: 1,
      meanRank: 2,
      meanReciprocalRank: 0.5,
      hitsAt10: 1,
    });
  });
});
