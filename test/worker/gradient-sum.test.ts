// Sums of gradients do not depend on which rank computed which micro-batch (docs/adr/0008).
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { SoloRing, type Ring } from '../../src/collectives/ring.js';
import { shareOf } from '../../src/core/plan.js';
import { random } from '../../src/core/random.js';
import { loadEngine, type Engine } from '../../src/engine/load.js';
import { DoubleSum } from '../../src/worker/double-sum.js';
import { openRings } from '../collectives/rings.js';
import { values } from './small-step.js';

const COUNT = 15;
const SHAPES = { 'vision.a': [7, 11], 'vision.b': [5], 'vision.c': [2, 3, 4] };

let engine: Engine;
/** Gradients of each micro-batch, of sizes that differ by orders of magnitude from one to the next. */
let terms: tf.NamedTensorMap[];
beforeAll(async () => {
  engine = await loadEngine({ device: 'cpu', threads: 1 });
  terms = Array.from({ length: COUNT }, (_, index) => gradientsOf(index));
});

function gradientsOf(index: number): tf.NamedTensorMap {
  const draw = random(1, 'gradients', index);
  const entries = Object.entries(SHAPES).map(([name, shape]) => {
    const size = shape.reduce((product, length) => product * length, 1);
    return [
      name,
      tf.tensor(
        Float32Array.from({ length: size }, () => draw.normal() * 10 ** draw.integer(4)),
        shape,
      ),
    ];
  });
  return Object.fromEntries(entries) as tf.NamedTensorMap;
}

function reduced(sum: DoubleSum, ring: Ring = new SoloRing()): Promise<tf.NamedTensorMap> {
  return sum.reduce(ring, Promise.resolve()).sums;
}

/** What each rank holds after the micro-batches were shared out and the sums exchanged. */
async function sumOver(world: number): Promise<Map<string, Float32Array>[]> {
  const { rings, close } = await openRings(world);
  const found = await Promise.all(
    rings.map(async (ring, rank) => {
      const sum = new DoubleSum(engine, terms[0]);
      const { start, end } = shareOf(rank, world, COUNT);
      terms.slice(start, end).forEach((own, at) => sum.add(own, start + at));
      return values(await reduced(sum, ring), engine);
    }),
  );
  await close();
  return found;
}

describe('a sum of gradients', () => {
  it('has the same bits on every rank of one, two, three, four and five', async () => {
    const [alone] = await sumOver(1);
    for (const world of [2, 3, 4, 5]) {
      for (const sums of await sumOver(world)) expect(sums).toEqual(alone);
    }
  });

  it('is the sum, rounded once', async () => {
    const [alone] = await sumOver(1);
    const all = terms.map((term) => values(term, engine));
    for (const [name, sums] of alone) {
      const exact = Float32Array.from(sums, (_, i) => all.reduce((sum, term) => sum + term.get(name)![i], 0));
      expect(sums).toEqual(exact);
    }
  });

  it('would depend on the grouping if it were made of floats', () => {
    const all = terms.map((term) => engine.read(term['vision.a']));
    const grouped = (world: number): number[] => {
      const parts = Array.from({ length: world }, (_, rank) => {
        const { start, end } = shareOf(rank, world, COUNT);
        return floatSum(all.slice(start, end));
      });
      return Array.from(floatSum(parts));
    };
    expect(grouped(3)).not.toEqual(grouped(1));
  });

  it('starts from nothing when it is cleared', async () => {
    const sum = new DoubleSum(engine, terms[0]);
    for (const step of [[1, 2, 3], [2], [0]]) {
      sum.clear();
      for (const index of step) sum.add(terms[index], index);
    }
    expect(values(await reduced(sum), engine)).toEqual(values(terms[0], engine));
  });
});

it('of one term on one rank is that term, and 0 where a name has none', async () => {
  const sum = new DoubleSum(engine, terms[0]);
  const { 'vision.b': _, ...most } = terms[3];
  sum.add(most, 0);
  const found = values(await reduced(sum), engine);
  expect([...found.keys()]).toEqual(Object.keys(SHAPES));
  expect(found.get('vision.a')).toEqual(engine.read(terms[3]['vision.a']));
  expect(found.get('vision.b')).toEqual(new Float32Array(5));
});

function floatSum(rows: readonly Float32Array[]): Float32Array {
  const sum = new Float32Array(rows[0].length);
  for (const row of rows) row.forEach((value, i) => (sum[i] += value));
  return sum;
}
